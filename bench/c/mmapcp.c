/* Copyright 2026 The mmap Authors.
   Use of this source code is governed by a BSD-style
   license that can be found in the LICENSE file. */

/* Mmapcp copies a file as examples/mmapcp/main.go does: the same system calls,
   windows and steps, a look at the clock after each step, and msync with
   MS_SYNC after each window. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const off_t window = 1L << 30;
static const size_t step = 4 << 20;

static void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void *map(int fd, off_t off, size_t n, int prot)
{
	void *p = mmap(NULL, n, prot, MAP_SHARED, fd, off);
	check(p != MAP_FAILED, "mmap");
	return p;
}

static void copy_window(int dst, int src, off_t off, size_t n)
{
	char *in = map(src, off, n, PROT_READ);
	char *out = map(dst, off, n, PROT_READ | PROT_WRITE);
	struct timespec now;

	madvise(in, n, MADV_SEQUENTIAL);
	for (size_t done = 0; done < n; done += step) {
		memcpy(out + done, in + done, n - done < step ? n - done : step);
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
	check(msync(out, n, MS_SYNC) == 0, "msync");
	check(munmap(out, n) == 0, "munmap");
	check(munmap(in, n) == 0, "munmap");
}

int main(int argc, char **argv)
{
	struct stat info, now, old;

	check(argc == 3, "usage: mmapcp SRC DST");
	check(stat(argv[1], &info) == 0, argv[1]);
	check(S_ISREG(info.st_mode), "not a regular file");
	int src = open(argv[1], O_RDONLY | O_CLOEXEC);
	check(src >= 0, argv[1]);
	if (info.st_size > 0)
		check(munmap(map(src, 0, 1, PROT_READ), 1) == 0, "munmap");
	if (stat(argv[2], &old) == 0)
		check(S_ISREG(old.st_mode) && (old.st_dev != info.st_dev || old.st_ino != info.st_ino), "DST");
	int dst = open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, info.st_mode & 0777);
	check(dst >= 0, argv[2]);
	check(ftruncate(dst, info.st_size) == 0, "ftruncate");
	for (off_t off = 0; off < info.st_size; off += window)
		copy_window(dst, src, off, info.st_size - off < window ? info.st_size - off : window);
	check(fstat(src, &now) == 0 && now.st_size >= info.st_size, "SRC was cut short");
	check(fchmod(dst, info.st_mode & 07777) == 0, "fchmod");
	check(close(dst) == 0, "close");
	close(src);
	return 0;
}
