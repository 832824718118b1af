package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// HeadSize is the number of bytes from the start of a file that Recognise
// wants to see; it makes do with fewer when the file is shorter.
const HeadSize = 4096

// Recognise names the format that the first bytes of a file announce, or "" if
// they announce no picture of the closed list. It is a guess by signature:
// Read decides.
func Recognise(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(head, []byte(pngSignature)):
		return PNG
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return GIF
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP
	case startsSVG(head):
		return SVG
	}
	return ""
}

// startsSVG looks for the root element after what may stand before it.
func startsSVG(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for {
		head = bytes.TrimLeft(head, " \t\r\n")
		var end string
		switch {
		case bytes.HasPrefix(head, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(head, []byte("<!--")):
			end = "-->"
		case bytes.HasPrefix(head, []byte("<!")):
			end = ">"
			if i := bytes.IndexAny(head, "[>"); i >= 0 && head[i] == '[' {
				end = "]>" // declarations, which the parser does not follow
			}
		default:
			// A prefix is legal ("<s:svg xmlns:s=…>"); the parser sees to it.
			name, _, _ := bytes.Cut(head, []byte(" "))
			return bytes.HasPrefix(head, []byte("<svg")) || bytes.HasPrefix(head, []byte("<")) && bytes.HasSuffix(bytes.TrimRight(name, "\r\n\t"), []byte(":svg"))
		}
		_, after, ok := bytes.Cut(head, []byte(end))
		if !ok {
			return false
		}
		head = after
	}
}

// unsupported tells apart the picture formats that people have and that are
// not taken, so that a screen can say what to do about them.
func unsupported(head []byte) error {
	if len(head) < 16 || string(head[4:8]) != "ftyp" {
		return ErrType
	}
	end := min(int(binary.BigEndian.Uint32(head)), len(head))
	err := error(ErrType)
	// The major brand, four bytes of version, then the compatible brands.
	for i := 8; i+4 <= end; i += 4 {
		switch string(head[i : i+4]) {
		case "avif", "avis":
			return ErrAVIF
		case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
			err = ErrHEIC
		}
	}
	return err
}

// readHead reads what Recognise wants.
func readHead(r io.ReaderAt, size int64) ([]byte, error) {
	head := make([]byte, min(size, HeadSize))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read head: %w", err)
	}
	return head, nil
}
