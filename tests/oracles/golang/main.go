// The readers that container engines use: Go's archive/tar and encoding/json, over inputs that a test sends.
//
// Standard input holds one input after another: a byte that tells its kind, four bytes of length (little-endian), the
// bytes. For each, one line of JSON goes to standard output. The first line names the version of Go.
package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"runtime"
	"sort"
	"strings"
)

// entry is what archive/tar says of one entry. Bytes are hexadecimal.
type entry struct {
	Name    string   `json:"name"`
	Type    int      `json:"type"`
	Link    string   `json:"link"`
	Size    int64    `json:"size"`
	Mode    int64    `json:"mode"`
	UID     int64    `json:"uid"`
	GID     int64    `json:"gid"`
	Seconds int64    `json:"seconds"`
	Nanos   int      `json:"nanos"`
	Major   int64    `json:"major"`
	Minor   int64    `json:"minor"`
	Xattrs  []string `json:"xattrs"`
	Sha256  string   `json:"sha256"`
}

type archive struct {
	Entries []entry `json:"entries"`
	// Why reading ended before the archive did; empty where it did not.
	Error string `json:"error"`
}

func readTar(input []byte) archive {
	found := archive{Entries: []entry{}}
	reader := tar.NewReader(bytes.NewReader(input))
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			found.Error = err.Error()
			return found
		}
		hash := sha256.New()
		if _, err := io.Copy(hash, reader); err != nil {
			found.Error = "content: " + err.Error()
			return found
		}
		var xattrs []string
		for key, value := range header.PAXRecords {
			if strings.HasPrefix(key, "SCHILY.xattr.") && value != "" {
				xattrs = append(xattrs, hex.EncodeToString([]byte(strings.TrimPrefix(key, "SCHILY.xattr.")))+"="+hex.EncodeToString([]byte(value)))
			}
		}
		sort.Strings(xattrs)
		found.Entries = append(found.Entries, entry{
			Name:    hex.EncodeToString([]byte(header.Name)),
			Type:    int(header.Typeflag),
			Link:    hex.EncodeToString([]byte(header.Linkname)),
			Size:    header.Size,
			Mode:    header.Mode,
			UID:     int64(header.Uid),
			GID:     int64(header.Gid),
			Seconds: header.ModTime.Unix(),
			Nanos:   header.ModTime.Nanosecond(),
			Major:   header.Devmajor,
			Minor:   header.Devminor,
			Xattrs:  xattrs,
			Sha256:  hex.EncodeToString(hash.Sum(nil)),
		})
	}
}

// The types into which engines decode, with the members that decide what runs.

type runtimeConfig struct {
	User        string
	Env         []string
	Cmd         []string
	Entrypoint  []string
	WorkingDir  string
	Volumes     map[string]struct{}
	Labels      map[string]string
	StopSignal  string
	OnBuild     []string
	Healthcheck *struct{ Test []string }
}

type imageConfig struct {
	Architecture string         `json:"architecture"`
	OS           string         `json:"os"`
	Author       string         `json:"author"`
	Comment      string         `json:"comment"`
	Config       *runtimeConfig `json:"config"`
	RootFS       *struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []struct {
		Author     string `json:"author"`
		CreatedBy  string `json:"created_by"`
		Comment    string `json:"comment"`
		EmptyLayer bool   `json:"empty_layer"`
	} `json:"history"`
}

type savedImage struct {
	Config   string
	RepoTags []string
	Layers   []string
}

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations"`
	Platform    *struct {
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
	} `json:"platform"`
}

type manifest struct {
	MediaType   string            `json:"mediaType"`
	Config      descriptor        `json:"config"`
	Layers      []descriptor      `json:"layers"`
	Manifests   []descriptor      `json:"manifests"`
	Annotations map[string]string `json:"annotations"`
}

type document struct {
	Value any    `json:"value"`
	Error string `json:"error"`
}

func decode[T any](input []byte) document {
	var value T
	if err := json.Unmarshal(input, &value); err != nil {
		return document{Error: err.Error()}
	}
	return document{Value: value}
}

func answer(kind byte, input []byte) any {
	switch kind {
	case 't':
		return readTar(input)
	case 'c':
		return decode[imageConfig](input)
	case 's':
		return decode[[]savedImage](input)
	case 'm':
		return decode[manifest](input)
	}
	panic("an input of unknown kind")
}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	say := func(value any) {
		if err := encoder.Encode(value); err != nil {
			panic(err)
		}
		if err := out.Flush(); err != nil {
			panic(err)
		}
	}
	say(runtime.Version())
	for {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err == io.EOF {
			return
		} else if err != nil {
			panic(err)
		}
		input := make([]byte, binary.LittleEndian.Uint32(head[1:]))
		if _, err := io.ReadFull(in, input); err != nil {
			panic(err)
		}
		say(answer(head[0], input))
	}
}
