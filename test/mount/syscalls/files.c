/* Acts upon open files: their bytes, mappings and locks. */
#include "../syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static struct bytes mapping;
static sigjmp_buf beyond_end;

static void act_open(char **word, int count) {
  int fd = open(PATH(2), flags_of(word[3]), count > 4 ? mode_of(word[4]) : 0);
  if (fd >= 0) SLOT(1) = fd;
  answer_result(fd);
}

static void act_close(char **word, int count) {
  int *slot = slot_of(word[1]);
  int result = close(*slot);
  *slot = -1;
  answer_result(result);
}

static void act_dup(char **word, int count) {
  int fd = dup(SLOT(1));
  if (fd >= 0) SLOT(2) = fd;
  answer_result(fd);
}

static void act_read(char **word, int count) {
  char *into = malloc((size_t)NUMBER(2) + 1);
  size_t length = (size_t)NUMBER(2);
  answer_bytes(into, count > 3 ? pread(SLOT(1), into, length, NUMBER(3)) : read(SLOT(1), into, length));
}

static void act_write(char **word, int count) {
  struct bytes bytes = bytes_of(word[2]);
  answer_number(count > 3 ? pwrite(SLOT(1), bytes.at, bytes.length, NUMBER(3))
                          : write(SLOT(1), bytes.at, bytes.length));
}

static void act_lseek(char **word, int count) {
  answer_number(lseek(SLOT(1), NUMBER(2), flags_of(word[3])));
}

static void act_truncate(char **word, int count) {
  answer_result(truncate(PATH(1), NUMBER(2)));
}

static void act_ftruncate(char **word, int count) {
  answer_result(ftruncate(SLOT(1), NUMBER(2)));
}

static void act_fallocate(char **word, int count) {
  answer_result(fallocate(SLOT(1), flags_of(word[2]), NUMBER(3), NUMBER(4)));
}

static void act_fsync(char **word, int count) {
  answer_result(fsync(SLOT(1)));
}

static void act_fdatasync(char **word, int count) {
  answer_result(fdatasync(SLOT(1)));
}

static void act_copy(char **word, int count) {
  off_t from = NUMBER(2), to = NUMBER(4);
  answer_number(copy_file_range(SLOT(1), &from, SLOT(3), &to, (size_t)NUMBER(5), 0));
}

static void act_setfl(char **word, int count) {
  answer_result(fcntl(SLOT(1), F_SETFL, flags_of(word[2])));
}

/* ---- a shared mapping, one at a time */

static void on_bus_error(int signal) {
  (void)signal;
  siglongjmp(beyond_end, 1);
}

static void act_map(char **word, int count) {
  bool writes = strcmp(word[4], "rw") == 0;
  mapping.length = (size_t)NUMBER(3);
  signal(SIGBUS, on_bus_error);
  mapping.at = mmap(NULL, mapping.length, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, SLOT(1), NUMBER(2));
  answer_result(mapping.at == MAP_FAILED ? -1 : 0);
}

static void act_peek(char **word, int count) {
  size_t length = (size_t)NUMBER(2);
  char *into = malloc(length);
  if (sigsetjmp(beyond_end, 1) != 0) {
    answer("SIGBUS");
    return;
  }
  memcpy(into, mapping.at + NUMBER(1), length);
  answer_bytes(into, (ssize_t)length);
}

static void act_poke(char **word, int count) {
  struct bytes bytes = bytes_of(word[2]);
  if (sigsetjmp(beyond_end, 1) != 0) {
    answer("SIGBUS");
    return;
  }
  memcpy(mapping.at + NUMBER(1), bytes.at, bytes.length);
  answer_result(0);
}

static void act_msync(char **word, int count) {
  answer_result(msync(mapping.at, mapping.length, MS_SYNC));
}

static void act_unmap(char **word, int count) {
  answer_result(munmap(mapping.at, mapping.length));
}

/* ---- locks */

static void act_flock(char **word, int count) {
  answer_result(flock(SLOT(1), flags_of(word[2])));
}

static short lock_of(const char *word) {
  return strcmp(word, "r") == 0 ? F_RDLCK : strcmp(word, "w") == 0 ? F_WRLCK : F_UNLCK;
}

static struct flock range_of(char **word) {
  return (struct flock){
      .l_type = lock_of(word[2]), .l_whence = SEEK_SET, .l_start = NUMBER(3), .l_len = NUMBER(4)};
}

static void act_lock(char **word, int count) {
  struct flock range = range_of(word);
  answer_result(fcntl(SLOT(1), count > 5 ? F_SETLKW : F_SETLK, &range));
}

/* Of the open file, not of the process. */
static void act_oflock(char **word, int count) {
  struct flock range = range_of(word);
  answer_result(fcntl(SLOT(1), F_OFD_SETLK, &range));
}

static void act_getlock(char **word, int count) {
  struct flock range = range_of(word);
  if (fcntl(SLOT(1), F_GETLK, &range) < 0) answer_result(-1);
  else if (range.l_type == F_UNLCK) answer("free");
  else
    answer("%s %lld+%lld", range.l_type == F_RDLCK ? "r" : "w", (long long)range.l_start, (long long)range.l_len);
}

const struct act FILE_ACTS[] = {
    {"open", "SLOT PATH FLAGS [MODE]", act_open},
    {"close", "SLOT", act_close},
    {"dup", "SLOT SLOT", act_dup},
    {"read", "SLOT LENGTH [OFFSET]", act_read},
    {"write", "SLOT BYTES [OFFSET]", act_write},
    {"lseek", "SLOT OFFSET SET|CUR|END|DATA|HOLE", act_lseek},
    {"truncate", "PATH SIZE", act_truncate},
    {"ftruncate", "SLOT SIZE", act_ftruncate},
    {"fallocate", "SLOT FLAGS OFFSET LENGTH", act_fallocate},
    {"fsync", "SLOT", act_fsync},
    {"fdatasync", "SLOT", act_fdatasync},
    {"copy", "SLOT OFFSET SLOT OFFSET LENGTH", act_copy},
    {"setfl", "SLOT FLAGS", act_setfl},
    {"map", "SLOT OFFSET LENGTH r|rw", act_map},
    {"peek", "OFFSET LENGTH", act_peek},
    {"poke", "OFFSET BYTES", act_poke},
    {"msync", "", act_msync},
    {"unmap", "", act_unmap},
    {"flock", "SLOT SH|EX|UN", act_flock},
    {"lock", "SLOT r|w|u START LENGTH [wait]", act_lock},
    {"oflock", "SLOT r|w|u START LENGTH", act_oflock},
    {"getlock", "SLOT r|w START LENGTH", act_getlock},
    {0},
};
