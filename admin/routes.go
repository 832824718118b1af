package admin

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"meridian/models"
)

// Public marks the few routes that need no session.
const Public models.Act = "public"

// Route is one address of the back office and the right it needs. A route
// that needs more than [models.ActSignedIn] is refused to users who hold that
// right nowhere; whether they hold it *here* is decided by the use case.
type Route struct {
	Method, Path string
	May          models.Act

	serve handle
}

// handle answers one request or returns what went wrong.
type handle func(*handler, *gin.Context) error

// Methods of routes: GET reads (and answers HEAD), POST changes.
const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes is every address below /admin/, grouped by who may enter. Access is
// reviewed by reading this table, and held by testdata/routes.golden.
var routes = [][]Route{
	{ // anybody
		{get, "/admin/sign-in", Public, (*handler).signInForm},
		{post, "/admin/sign-in", Public, (*handler).signIn},
		{get, "/admin/setup", Public, (*handler).setupForm},
		{post, "/admin/setup", Public, (*handler).setup},
	},
	{ // whoever is signed in, about themselves
		{post, "/admin/sign-out", models.ActSignedIn, (*handler).signOut},
		{get, "/admin/account", models.ActSignedIn, (*handler).accountForm},
		{post, "/admin/account", models.ActSignedIn, (*handler).accountUpdate},
		{get, "/admin/account/password", models.ActSignedIn, (*handler).passwordForm},
		{post, "/admin/account/password", models.ActSignedIn, (*handler).passwordUpdate},
	},
	{ // the desk and content: rights on a branch are looked at by the use cases
		{get, "/admin/", models.ActSignedIn, (*handler).desk},
		{get, "/admin/content", models.ActRead, (*handler).content},
		{get, "/admin/content/:section", models.ActRead, (*handler).content},
		{get, "/admin/news", models.ActRead, (*handler).news},
		{get, "/admin/new", models.ActWrite, (*handler).createForm},
		{post, "/admin/new", models.ActWrite, (*handler).create},
		{get, "/admin/entries/:id", models.ActRead, (*handler).entryOpen},
		{get, "/admin/entries/:id/:lang", models.ActRead, (*handler).entryEdit},
		{post, "/admin/entries/:id/:lang", models.ActWrite, (*handler).entrySave},
		{get, "/admin/entries/:id/:lang/address", models.ActWrite, (*handler).addressForm},
		{post, "/admin/entries/:id/:lang/address", models.ActWrite, (*handler).address},
		{get, "/admin/entries/:id/:lang/publish", models.ActPublish, (*handler).publishForm},
		{post, "/admin/entries/:id/:lang/publish", models.ActPublish, (*handler).publish},
		{get, "/admin/entries/:id/:lang/takedown", models.ActPublish, (*handler).takedownForm},
		{post, "/admin/entries/:id/:lang/unpublish", models.ActPublish, (*handler).unpublish},
		{post, "/admin/entries/:id/:lang/withdraw", models.ActPublish, (*handler).withdraw},
	},
	{ // administrators
		{get, "/admin/settings", models.ActManage, (*handler).settingsForm},
		{post, "/admin/settings", models.ActManage, (*handler).settingsUpdate},
	},
}

// Routes returns every address of the back office.
func Routes() []Route {
	var out []Route
	for _, group := range routes {
		out = append(out, group...)
	}
	return out
}

// register hangs the routes in an engine. A route without a declared right
// stops the program at start.
func (h *handler) register(e *gin.Engine) {
	known := map[models.Act]bool{Public: true}
	for _, a := range models.Acts {
		known[a] = true
	}
	for _, r := range Routes() {
		if !known[r.May] || r.serve == nil {
			panic(fmt.Sprintf("admin: %s %s declares no right or no handler", r.Method, r.Path))
		}
		chain := []gin.HandlerFunc{h.guard(r.May), h.run(r.serve)}
		e.Handle(r.Method, r.Path, chain...)
		if r.Method == get {
			e.Handle(http.MethodHead, r.Path, chain...)
		}
	}
}
