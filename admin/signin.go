package admin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"meridian/cms/account"
)

// signInPage is the data of "sign_in".
type signInPage struct {
	Base
	Email, Password Field
	Problem         string
	// Next is the page to go to afterwards; Over says that a session ended
	// here; Kept is what was typed when it did.
	Next string
	Over bool
	Kept *Kept
	// Query keeps the interface language that was chosen.
	Query string
}

// signInForm shows the way in.
func (h *handler) signInForm(c *gin.Context) error {
	if user(c).ID != "" {
		return h.see(c, afterSignIn(c.Query("next")))
	}
	fresh, err := h.accounts.Fresh(c.Request.Context())
	if err != nil {
		return fmt.Errorf("%w: %w", errUnavailable, err)
	}
	if fresh {
		h.trouble(c, http.StatusServiceUnavailable, &view{Code: "fresh"})
		return nil
	}
	return h.showSignIn(c, http.StatusOK, signInPage{Next: c.Query("next")})
}

// showSignIn completes and sends the sign-in page.
func (h *handler) showSignIn(c *gin.Context, status int, p signInPage) error {
	email := p.Email.Value
	p.Base = h.base(c)
	p.Title = p.T("signin.title")
	if q := c.Query("lang"); q == p.Lang {
		p.Query = "lang=" + q
	}
	if afterSignIn(p.Next) != p.Next {
		p.Next = ""
	}
	f := newForm(p.Words, "signin", nil)
	p.Email = f.Field(Field{Name: "email", Kind: "email", Value: email, Required: true, Autocomplete: "username", Dir: "ltr", Autofocus: email == ""})
	p.Password = f.Field(Field{Name: "password", Kind: "password", Required: true, Autocomplete: "current-password", Autofocus: email != ""})
	return h.render(c, status, "sign_in", p)
}

// signIn opens a session for the right address and password.
func (h *handler) signIn(c *gin.Context) error {
	form, err := parseForm(c)
	if err != nil {
		return err
	}
	kept := keptBefore(form)
	u, err := h.accounts.SignIn(c.Request.Context(), form.Get("email"), form.Get("password"), h.addr(c.Request))
	p := signInPage{Email: Field{Value: form.Get("email")}, Next: form.Get("next"), Kept: kept}
	var wait *account.WaitError
	switch {
	case errors.Is(err, account.ErrSignIn):
		p.Problem = h.words(c).T("signin.wrong")
		return h.showSignIn(c, http.StatusUnprocessableEntity, p)
	case errors.As(err, &wait):
		w := h.words(c)
		p.Problem = w.T("signin.wait", "Wait", w.Duration(wait.Wait))
		if wait.Stopped {
			p.Problem = w.T("signin.stopped")
		}
		retryAfter(c, wait.Wait)
		return h.showSignIn(c, http.StatusTooManyRequests, p)
	case err != nil:
		return err
	}
	if err := h.begin(c, u); err != nil {
		return err
	}
	if kept != nil {
		b := h.base(c)
		b.Title = b.T("resume.title")
		return h.render(c, http.StatusOK, "resume", resumePage{b, kept})
	}
	return h.see(c, afterSignIn(form.Get("next")))
}

// resumePage lets somebody whose session ended send once more what they typed.
type resumePage struct {
	Base
	Kept *Kept
}

// keptBefore reads what the sign-in form carries on of another form.
func keptBefore(form url.Values) *Kept {
	k := &Kept{Action: form.Get("kept_action")}
	if !localPath(k.Action) || !strings.HasPrefix(k.Action, "/admin/") {
		return nil
	}
	for name, values := range form {
		if n, ok := strings.CutPrefix(name, "kept."); ok {
			for _, v := range values {
				k.Fields = append(k.Fields, KeptField{n, v})
			}
		}
	}
	if len(k.Fields) == 0 {
		return nil
	}
	return k
}

// signOut ends the session, and what the browser kept of it.
func (h *handler) signOut(c *gin.Context) error {
	if err := h.accounts.SignOut(c.Request.Context(), user(c)); err != nil {
		return err
	}
	if err := h.end(c); err != nil {
		return err
	}
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	return h.see(c, "/admin/sign-in")
}
