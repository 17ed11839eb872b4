/* Loaded before the C library, writes one byte of each fiftieth write wrongly, as a bad file system would. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
  static int count;
  static char copy[1 << 20];
  memcpy(copy, bytes, length);
  if (++count % 50 == 0) copy[length / 2] ^= 1;
  return syscall(SYS_pwrite64, fd, copy, length, offset);
}
