//go:build unix

package main

import "syscall"

// freeSpace returns what tells how many bytes the disk of a folder has left for
// this process.
func freeSpace(dir string) func() (int64, error) {
	return func() (int64, error) {
		var s syscall.Statfs_t
		if err := syscall.Statfs(dir, &s); err != nil {
			return 0, err
		}
		return int64(s.Bavail) * int64(s.Bsize), nil
	}
}
