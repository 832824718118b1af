package document

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxVTT is the largest file of captions, in bytes: a day of speech.
const maxVTT = 8 << 20

var (
	vttTiming = regexp.MustCompile(`^(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})(?:[ \t]|$)`)
	vttTag    = regexp.MustCompile(`<[^>]*>`)
)

// readVTT parses captions and writes them anew without notes. Every cue must
// have a time that begins before it ends.
func (f *File) readVTT(in io.ReaderAt) error {
	if f.size > maxVTT {
		return fmt.Errorf("%w: captions of %d bytes", ErrTooLarge, f.size)
	}
	data, err := bytesAt(in, 0, int(f.size))
	if err != nil {
		return err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return fmt.Errorf("%w: captions are UTF-8", ErrDamaged)
	}
	text := strings.ReplaceAll(strings.ReplaceAll(string(data), "\r\n", "\n"), "\r", "\n")
	var out, words strings.Builder
	cues := 0
	for i, block := range strings.Split(text, "\n\n") {
		block = strings.Trim(block, "\n")
		if block == "" {
			continue
		}
		lines := strings.Split(block, "\n")
		switch {
		case i == 0:
			// Only the mark: the rest of the header is for whoever wrote it.
			if len(lines) > 1 || strings.TrimSpace(lines[0]) != "WEBVTT" {
				f.removed("comment")
			}
			out.WriteString("WEBVTT\n")
			continue
		case lines[0] == "NOTE" || strings.HasPrefix(lines[0], "NOTE ") || strings.HasPrefix(lines[0], "NOTE\t"):
			f.removed("comment")
			continue
		case strings.TrimRight(lines[0], " \t") == "STYLE" || strings.TrimRight(lines[0], " \t") == "REGION":
			if strings.Contains(block, "-->") {
				return fmt.Errorf("%w: captions: a cue inside a style", ErrDamaged)
			}
			out.WriteString("\n" + block + "\n")
			continue
		}
		cue := lines
		if !strings.Contains(cue[0], "-->") {
			cue = cue[1:]
		}
		if len(cue) == 0 {
			return fmt.Errorf("%w: captions: %q has no time", ErrDamaged, oneLine(lines[0], 40))
		}
		end, err := vttEnd(cue[0])
		if err != nil {
			return err
		}
		f.Duration = max(f.Duration, end)
		cues++
		out.WriteString("\n" + block + "\n")
		for _, line := range cue[1:] {
			if strings.Contains(line, "-->") {
				return fmt.Errorf("%w: captions: no line between two cues", ErrDamaged)
			}
			if words.Len() < MaxText {
				words.WriteString(vttTag.ReplaceAllString(line, "") + "\n")
			}
		}
	}
	if cues == 0 {
		return fmt.Errorf("%w: captions without a cue", ErrDamaged)
	}
	f.Text = words.String()
	f.write = func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, out.String())
		return err
	}
	return nil
}

// vttEnd is the time at which a cue ends.
func vttEnd(line string) (time.Duration, error) {
	m := vttTiming.FindStringSubmatch(line)
	if m == nil {
		return 0, fmt.Errorf("%w: captions: %q is no time", ErrDamaged, oneLine(line, 40))
	}
	at := func(m []string) time.Duration {
		var n [4]int
		for i, s := range m {
			n[i], _ = strconv.Atoi(s) // digits, or none
		}
		return time.Duration(n[0])*time.Hour + time.Duration(n[1])*time.Minute + time.Duration(n[2])*time.Second + time.Duration(n[3])*time.Millisecond
	}
	start, end := at(m[1:5]), at(m[5:9])
	if start >= end {
		return 0, fmt.Errorf("%w: captions: %q ends before it begins", ErrDamaged, oneLine(line, 40))
	}
	return end, nil
}
