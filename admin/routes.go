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
		{get, searchPath, models.ActRead, (*handler).search},
		{get, "/admin/activity", models.ActRead, (*handler).activity},
		{get, "/admin/activity/acts.csv", models.ActRead, (*handler).activityExport},
		{get, "/admin/directory", models.ActRead, (*handler).directory},
		{get, "/admin/directory/organisations.csv", models.ActRead, (*handler).directoryExport},
		{get, "/admin/numbers", models.ActRead, (*handler).numbers},
		{post, "/admin/entries/:id/confirm", models.ActPublish, (*handler).confirm},
		{get, "/admin/entries/:id/trash", models.ActWrite, (*handler).trashForm},
		{post, "/admin/entries/:id/trash", models.ActWrite, (*handler).trash},
		{get, "/admin/trash", models.ActRead, (*handler).trashList},
		{post, "/admin/trash/:id/restore", models.ActWrite, (*handler).restore},
		{get, "/admin/trash/:id/delete", models.ActWrite, (*handler).purgeForm},
		{post, "/admin/trash/:id/delete", models.ActWrite, (*handler).purge},
		{get, "/admin/new", models.ActWrite, (*handler).createForm},
		{post, "/admin/new", models.ActWrite, (*handler).create},
		{get, "/admin/entries/:id", models.ActRead, (*handler).entryOpen},
		{get, "/admin/entries/:id/move", models.ActWrite, (*handler).moveForm},
		{post, "/admin/entries/:id/move", models.ActWrite, (*handler).move},
		{get, "/admin/entries/:id/copy", models.ActWrite, (*handler).copyForm},
		{post, "/admin/entries/:id/copy", models.ActWrite, (*handler).copy},
		{get, "/admin/entries/:id/turn", models.ActWrite, (*handler).turnForm},
		{post, "/admin/entries/:id/turn", models.ActWrite, (*handler).turn},
		{get, "/admin/entries/:id/publish-branch", models.ActPublish, (*handler).publishBranchForm},
		{post, "/admin/entries/:id/publish-branch", models.ActPublish, (*handler).publishBranch},
		{get, "/admin/entries/:id/unpublish-branch", models.ActPublish, (*handler).unpublishBranchForm},
		{post, "/admin/entries/:id/unpublish-branch", models.ActPublish, (*handler).unpublishBranch},
		{get, "/admin/entries/:id/:lang", models.ActRead, (*handler).entryEdit},
		{post, "/admin/entries/:id/:lang", models.ActWrite, (*handler).entrySave},
		{get, "/admin/entries/:id/:lang/address", models.ActWrite, (*handler).addressForm},
		{post, "/admin/entries/:id/:lang/address", models.ActWrite, (*handler).address},
		{get, "/admin/entries/:id/:lang/publish", models.ActPublish, (*handler).publishForm},
		{post, "/admin/entries/:id/:lang/publish", models.ActPublish, (*handler).publish},
		{get, "/admin/entries/:id/:lang/schedule", models.ActPublish, (*handler).scheduleChoice},
		{post, "/admin/entries/:id/:lang/schedule", models.ActPublish, (*handler).schedule},
		{post, "/admin/entries/:id/:lang/unschedule", models.ActPublish, (*handler).unschedule},
		{post, "/admin/entries/:id/:lang/undo-publish", models.ActPublish, (*handler).undoPublish},
		{get, "/admin/entries/:id/:lang/history", models.ActRead, (*handler).history},
		{post, "/admin/entries/:id/:lang/history/use", models.ActWrite, (*handler).useVersion},
		{post, "/admin/entries/:id/:lang/history/name", models.ActWrite, (*handler).nameVersion},
		{get, "/admin/entries/:id/:lang/takedown", models.ActPublish, (*handler).takedownForm},
		{post, "/admin/entries/:id/:lang/unpublish", models.ActPublish, (*handler).unpublish},
		{post, "/admin/entries/:id/:lang/withdraw", models.ActPublish, (*handler).withdraw},
	},
	{ // pictures and files: what a section's are, its people decide; consents are also for those who safeguard
		{get, mediaPath, models.ActRead, (*handler).assets},
		{post, uploadPath, models.ActWrite, (*handler).upload},
		{post, "/admin/media/act", models.ActWrite, (*handler).assetsAct},
		{get, descriptionsPath, models.ActRead, (*handler).descriptions},
		{post, descriptionsPath, models.ActWrite, (*handler).describeMany},
		{get, collectionsPath, models.ActRead, (*handler).collections},
		{post, collectionsPath, models.ActWrite, (*handler).collectionCreate},
		{get, "/admin/media/collections/:collection", models.ActWrite, (*handler).collection},
		{post, "/admin/media/collections/:collection", models.ActWrite, (*handler).collectionUpdate},
		{get, mediaTrashPath, models.ActRead, (*handler).assetTrashList},
		{get, "/admin/media/:asset", models.ActRead, (*handler).asset},
		{post, "/admin/media/:asset", models.ActWrite, (*handler).assetUpdate},
		{get, "/admin/media/:asset/file/:width", models.ActRead, (*handler).assetFile},
		{post, "/admin/media/:asset/describe", models.ActWrite, (*handler).describe},
		{post, replacePath, models.ActWrite, (*handler).replace},
		{post, "/admin/media/:asset/version", models.ActWrite, (*handler).assetVersion},
		{post, "/admin/media/:asset/consent", models.ActRead, (*handler).consentGive},
		{post, "/admin/media/:asset/withdraw", models.ActRead, (*handler).consentWithdraw},
		{get, "/admin/media/:asset/trash", models.ActWrite, (*handler).assetTrashForm},
		{post, "/admin/media/:asset/trash", models.ActWrite, (*handler).assetTrash},
		{post, "/admin/media/:asset/restore", models.ActWrite, (*handler).assetRestore},
		{get, "/admin/media/:asset/delete", models.ActPublish, (*handler).assetPurgeForm},
		{post, "/admin/media/:asset/delete", models.ActPublish, (*handler).assetPurge},
		{get, consentsPath, models.ActRead, (*handler).consents},
		{get, consentsPath + "/consents.csv", models.ActRead, (*handler).consentsExport},
	},
	{ // old addresses: what leads into a branch is its editors', the rest the administrators'
		{get, "/admin/redirects", models.ActPublish, (*handler).redirects},
		{get, "/admin/redirects/new", models.ActPublish, (*handler).redirectForm},
		{post, "/admin/redirects/new", models.ActPublish, (*handler).redirectAdd},
		{post, "/admin/redirects/delete", models.ActPublish, (*handler).redirectDelete},
		{get, "/admin/redirects/import", models.ActManage, (*handler).redirectImportForm},
		{post, "/admin/redirects/import", models.ActManage, (*handler).redirectImport},
		{get, "/admin/redirects/export", models.ActManage, (*handler).redirectExport},
		{get, "/admin/redirects/missing", models.ActManage, (*handler).missing},
		{post, "/admin/redirects/missing/forget", models.ActManage, (*handler).missingForget},
	},
	{ // administrators
		{get, "/admin/terms", models.ActManage, (*handler).terms},
		{get, "/admin/terms/:vocabulary", models.ActManage, (*handler).terms},
		{get, "/admin/terms/:vocabulary/new", models.ActManage, (*handler).termForm},
		{post, "/admin/terms/:vocabulary/new", models.ActManage, (*handler).termUpdate},
		{get, "/admin/terms/:vocabulary/:term", models.ActManage, (*handler).termForm},
		{post, "/admin/terms/:vocabulary/:term", models.ActManage, (*handler).termUpdate},
		{post, "/admin/terms/:vocabulary/:term/move", models.ActManage, (*handler).termPlace},
		{get, "/admin/terms/:vocabulary/:term/merge", models.ActManage, (*handler).termMergeForm},
		{post, "/admin/terms/:vocabulary/:term/merge", models.ActManage, (*handler).termMerge},
		{get, "/admin/terms/:vocabulary/:term/delete", models.ActManage, (*handler).termDeleteForm},
		{post, "/admin/terms/:vocabulary/:term/delete", models.ActManage, (*handler).termDelete},
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
