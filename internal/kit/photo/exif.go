package photo

import (
	"bufio"
	"encoding/binary"
	"io"
)

// The markers of a JPEG that are looked at: APP1 may hold EXIF, SOS begins the picture.
const (
	markerAPP1 = 0xE1
	markerSOS  = 0xDA
)

const tagOrientation = 0x0112

// orientation is how the camera was held, 1 to 8 as EXIF counts them; 1 for everything that does not say so, and for
// what is no JPEG.
func orientation(r io.Reader) int {
	in := bufio.NewReader(io.LimitReader(r, 1<<20))
	var head [4]byte
	if _, err := io.ReadFull(in, head[:2]); err != nil || head[0] != 0xFF || head[1] != 0xD8 {
		return 1
	}
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil || head[0] != 0xFF || head[1] == markerSOS {
			return 1
		}
		length := int(binary.BigEndian.Uint16(head[2:])) - 2
		if length < 0 {
			return 1
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(in, body); err != nil {
			return 1
		}
		if head[1] == markerAPP1 && length > 14 && string(body[:6]) == "Exif\x00\x00" {
			return oriented(body[6:])
		}
	}
}

// oriented reads the tag out of the first directory of a TIFF block.
func oriented(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := order.Uint32(tiff[4:])
	if uint64(at)+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == tagOrientation {
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
