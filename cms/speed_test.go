package cms_test

import (
	"fmt"
	"testing"

	"meridian/cms"
	"meridian/cms/cmstest"
	"meridian/models"
	"meridian/models/store"
)

func BenchmarkPublish(b *testing.B) {
	env := cmstest.New(b)
	v, f := env.Edition(b, env.Page, "en").Version, env.Edition(b, env.Page, models.Facts).Version
	i := 0
	for b.Loop() {
		b.StopTimer()
		i++
		d, err := env.CMS.Save(b.Context(), env.Admin, cms.SaveDraft{Entry: env.Page, Lang: "en", Version: v, Title: fmt.Sprint("Title ", i)})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := env.CMS.Publish(b.Context(), env.Admin, cms.Publish{Entry: env.Page, Lang: "en", Version: d.Version, FactsVersion: f}); err != nil {
			b.Fatal(err)
		}
		v = d.Version + 1
	}
}

func BenchmarkOneRowCommit(b *testing.B) {
	env := cmstest.New(b)
	i := 0
	for b.Loop() {
		i++
		env.Tx(b, func(tx *store.Tx) error {
			return tx.PutAttempt(store.Attempt{Key: "k", Failures: i, LastAt: tx.Now(), BlockedUntil: tx.Now()})
		})
	}
}
