package cmstest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"path/filepath"
	"testing"

	"meridian/cms/block"
	"meridian/cms/media"
	"meridian/cms/media/storage"
	"meridian/models"
)

// MediaDir is the part of the data folder that pictures and files are in.
const MediaDir = "media"

// openLibrary opens the storage of the environment and its library.
func (env *Env) openLibrary() error {
	files, err := storage.OpenDisk(filepath.Join(env.Dir, MediaDir))
	if err != nil {
		return err
	}
	env.Files, env.Library = files, media.New(env.Store, files, media.Options{})
	return nil
}

// PNG returns a small picture of a size, in a colour of its own: no two numbers
// make the same file.
func PNG(t testing.TB, width, height, number int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{uint8(number), uint8(number >> 8), uint8(number >> 16), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Upload takes a file into the library as the administrator, into the root
// section unless in says otherwise. Without a body it is a picture of 64 by 48
// pixels that differs from all others of the environment.
func (env *Env) Upload(t testing.TB, in media.Upload) models.Asset {
	t.Helper()
	if in.Section == "" {
		in.Section = env.Root
	}
	if in.Name == "" {
		in.Name = "a picture.png"
	}
	if in.Body == nil {
		in.Body = bytes.NewReader(PNG(t, 64, 48, int(env.pictures.Add(1))))
	}
	up, err := env.Library.Upload(t.Context(), env.Admin, in)
	if err != nil {
		t.Fatalf("upload %s: %v", in.Name, err)
	}
	if up.Duplicate != nil {
		t.Fatalf("upload %s: it is there already", in.Name)
	}
	return up.Asset
}

// Officer adds somebody who safeguards in a section, and returns them.
func (env *Env) Officer(t testing.TB, section string) models.User {
	t.Helper()
	return env.person(t, t.Context(), "Farah Officer", "officer-"+section+"@site.example", models.RoleSafeguarding, section)
}

// Picture is a block that shows a picture.
func Picture(asset, alt string) block.Node {
	return block.Node{Type: "image", Attrs: map[string]any{"media": models.KindMedia + ":" + asset, "alt": alt}}
}
