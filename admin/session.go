package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"meridian/models"
)

// How long a session lasts: since the last request, and in all. The stamp of
// the last request is written at most once in stampEvery.
const (
	sessionIdle  = 60 * time.Minute
	sessionLife  = 12 * time.Hour
	sessionStamp = time.Minute
)

// Keys of session values.
const (
	keyUser  = "user"  // id
	keyEpoch = "epoch" // of the user at sign-in
	keyBegan = "began" // Unix seconds
	keySeen  = "seen"  // Unix seconds
	keyFlash = "flash" // JSON of []Flash
)

// sessionRows is what sessions are kept in; account implements it and hashes
// the tokens. Session and PutSession answer models.ErrNotFound for a session
// that ended or never was.
type sessionRows interface {
	Session(ctx context.Context, token string) ([]byte, error)
	AddSession(ctx context.Context, token, user string, data []byte, until time.Time) error
	PutSession(ctx context.Context, token, user string, data []byte, until time.Time) error
	EndSession(ctx context.Context, token string) error
}

// sessionStore lets scs keep its sessions in sessionRows. Committing updates
// an existing row and never makes one, unless the context says that somebody
// is signing in: scs by itself would revive a session that ended while a slow
// request of it was under way.
type sessionStore struct {
	rows sessionRows
	now  func() time.Time
}

type beginKey struct{}

func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	data, err := s.rows.Session(ctx, token)
	if errors.Is(err, models.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx ignores the expiry scs proposes, which knows nothing of idling and
// of the clock of the program.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, data []byte, _ time.Time) error {
	_, values, err := sessionCodec{}.Decode(data)
	if err != nil {
		return err
	}
	until := s.now().Add(sessionIdle)
	if end := time.Unix(number(values[keyBegan]), 0).Add(sessionLife); end.Before(until) {
		until = end
	}
	user, _ := values[keyUser].(string)
	if ctx.Value(beginKey{}) != nil {
		return s.rows.AddSession(ctx, token, user, data, until)
	}
	return s.rows.PutSession(ctx, token, user, data, until)
}

func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return s.rows.EndSession(ctx, token)
}

// Find, Commit and Delete complete scs.Store; scs prefers those with a context.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s *sessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

// sessionCodec writes sessions as JSON: readable, and unable to name a type.
type sessionCodec struct{}

type sessionData struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

func (sessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(sessionData{deadline, values})
}

func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var d sessionData
	if err := json.Unmarshal(b, &d); err != nil {
		return time.Time{}, nil, fmt.Errorf("read session: %w", err)
	}
	if d.Values == nil {
		d.Values = map[string]any{}
	}
	return d.Deadline, d.Values, nil
}

// number reads a number that was put (int64) or came through JSON (float64).
func number(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case float64:
		return int64(n)
	}
	return 0
}

// newSessions returns the session manager. Its cookie is bound to the host
// and to TLS when the site is served over https; over http, which the program
// allows on loopback only, browsers would drop such a cookie.
func newSessions(rows sessionRows, now func() time.Time, secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = &sessionStore{rows: rows, now: now}
	m.Codec = sessionCodec{}
	m.Lifetime = sessionLife
	m.IdleTimeout = 0 // ours: scs would write on every request
	m.Cookie.Name = "meridian"
	if secure {
		m.Cookie.Name = "__Host-meridian"
	}
	m.Cookie.Secure = secure
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Path = "/"
	return m
}

// Keys of the request context of Gin.
const (
	ctxUser    = "user"
	ctxWriter  = "session-writer"
	ctxHadOne  = "had-session"
	ctxRequest = "request-id"
)

// loadSession reads the session of a request, and the user it belongs to, and
// lets what changed be stored just before the first byte of the answer. A
// store that cannot be read is an answer of 503, never a visitor without name.
func (h *handler) loadSession(c *gin.Context) {
	token := ""
	if cookie, err := c.Request.Cookie(h.sessions.Cookie.Name); err == nil {
		token = cookie.Value
	}
	ctx, err := h.sessions.Load(c.Request.Context(), token)
	if err != nil {
		h.fail(c, fmt.Errorf("load session: %w: %w", errUnavailable, err))
		c.Abort()
		return
	}
	c.Set(ctxHadOne, token != "")
	c.Request = c.Request.WithContext(ctx)
	w := &sessionWriter{ResponseWriter: c.Writer, h: h, c: c}
	c.Writer = w
	c.Set(ctxWriter, w)
	if err := h.recall(c); err != nil {
		h.fail(c, fmt.Errorf("load user: %w: %w", errUnavailable, err))
		c.Abort()
		return
	}
	c.Next()
	w.commit()
}

// recall finds the user of a session. A session from before the password or
// the rights changed is nobody's.
func (h *handler) recall(c *gin.Context) error {
	ctx := c.Request.Context()
	id := h.sessions.GetString(ctx, keyUser)
	if id == "" {
		return nil
	}
	u, err := h.accounts.User(ctx, id)
	if errors.Is(err, models.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if u.Disabled || int64(u.Epoch) != number(h.sessions.Get(ctx, keyEpoch)) {
		return nil
	}
	c.Set(ctxUser, u)
	now := h.now()
	if now.Sub(time.Unix(number(h.sessions.Get(ctx, keySeen)), 0)) >= sessionStamp {
		h.sessions.Put(ctx, keySeen, now.Unix())
	}
	return nil
}

// begin starts the session of a user under a new token, whatever the browser
// sent along, with messages for the next page. It is stored at once: a session
// that cannot be kept is no sign-in. Nothing may be put into it afterwards.
func (h *handler) begin(c *gin.Context, u models.User, messages ...Flash) error {
	ctx := c.Request.Context()
	if err := h.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := h.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	now := h.now().Unix()
	h.sessions.Put(ctx, keyUser, u.ID)
	h.sessions.Put(ctx, keyEpoch, int64(u.Epoch))
	h.sessions.Put(ctx, keyBegan, now)
	h.sessions.Put(ctx, keySeen, now)
	for _, m := range messages {
		h.flash(c, m)
	}
	token, until, err := h.sessions.Commit(context.WithValue(ctx, beginKey{}, true))
	if err != nil {
		return fmt.Errorf("begin session: %w", err)
	}
	w := c.MustGet(ctxWriter).(*sessionWriter)
	w.done = true
	w.cookie(token, until)
	c.Set(ctxUser, u)
	return nil
}

// end ends the session of a request.
func (h *handler) end(c *gin.Context) error {
	c.Set(ctxUser, models.User{})
	return h.sessions.Destroy(c.Request.Context())
}

// user returns who sends the request; the zero user when nobody is signed in.
func user(c *gin.Context) models.User {
	u, _ := c.Get(ctxUser)
	v, _ := u.(models.User)
	return v
}

// sessionWriter stores a changed session before the first byte goes out,
// because a cookie cannot follow a body.
type sessionWriter struct {
	gin.ResponseWriter
	h    *handler
	c    *gin.Context
	done bool
}

func (w *sessionWriter) commit() {
	if w.done {
		return
	}
	w.done = true
	m, ctx := w.h.sessions, w.c.Request.Context()
	switch m.Status(ctx) {
	case scs.Modified:
		if m.GetString(ctx, keyUser) == "" {
			return // nothing is kept for visitors without a session
		}
		token, until, err := m.Commit(context.WithoutCancel(ctx))
		switch {
		case errors.Is(err, models.ErrNotFound):
			// It ended while this request was under way, and stays ended.
		case err != nil:
			w.h.log.ErrorContext(ctx, "session not stored", "request_id", requestID(w.c), "err", err)
		default:
			w.cookie(token, until)
		}
	case scs.Destroyed:
		w.cookie("", time.Time{})
	}
}

// cookie writes the session cookie; the zero time removes it. Cache-Control
// stays ours, scs adds a weaker one.
func (w *sessionWriter) cookie(token string, until time.Time) {
	w.h.sessions.WriteSessionCookie(w.c.Request.Context(), w.ResponseWriter, token, until)
	w.Header().Set("Cache-Control", "no-store")
}

func (w *sessionWriter) Write(b []byte) (int, error) {
	w.commit()
	return w.ResponseWriter.Write(b)
}

func (w *sessionWriter) WriteString(s string) (int, error) {
	w.commit()
	return w.ResponseWriter.WriteString(s)
}

func (w *sessionWriter) WriteHeaderNow() {
	w.commit()
	w.ResponseWriter.WriteHeaderNow()
}

func (w *sessionWriter) Flush() {
	w.commit()
	w.ResponseWriter.Flush()
}
