package document

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// FuzzRead sends anything: it never panics, never takes long, and what it
// stores is a file of the same format, or one no longer taken.
func FuzzRead(f *testing.F) {
	f.Add(tellingPDF())
	f.Add(packedPDF())
	f.Add(docx(f))
	f.Add(odt(f))
	f.Add([]byte("a,b\nc,d\n"))
	f.Add([]byte("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n"))
	f.Add(append(id3(entry{"TIT2", "\x00x"}), mp3Sound(4)...))
	f.Add(mp4())
	f.Add(webm(false))
	f.Add(webm(true))
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		file, err := Read(t.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			for _, want := range []error{ErrType, ErrTooLarge, ErrDamaged, ErrEncrypted, ErrMacro, ErrArchive} {
				if errors.Is(err, want) {
					return
				}
			}
			t.Fatalf("error is %v", err)
		}
		var out bytes.Buffer
		if err := file.Clean(t.Context(), &out); err != nil {
			t.Fatalf("%s can be read and not cleaned: %v", file.Format, err)
		}
		if d := time.Since(start); d > patience {
			t.Errorf("took %v", d)
		}
		switch file.Format {
		case MP4, WebM, PDF:
			if out.Len() != len(data) {
				t.Errorf("%s of %d bytes became %d", file.Format, len(data), out.Len())
			}
		}
		if len(file.Text) > MaxText || len(file.Title) > 300 {
			t.Errorf("text of %d bytes, title of %d", len(file.Text), len(file.Title))
		}
	})
}
