/*
 * Does random things to one file, and knows what it must hold: reads, writes, truncations, allocations, holes,
 * mappings, copies, and all that may make a file system forget or bring in what it has in memory. After each read, now
 * and then, and at the end, the file is compared with a copy in memory.
 *
 *   fsx FILE SEED OPERATIONS
 *
 * Ends with 0, and says how often each thing was done; or with 1, and says what differs and what was done last. The
 * same seed does the same things. After the exerciser of file systems by Avadis Tevanian that many have used since 1991;
 * nothing is taken from it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Chosen: some reads of a file system are smaller, some writes larger than what a kernel gathers. */
#define MOST_BYTES (384 * 1024)
#define MOST_AT_ONCE (160 * 1024)
#define PAGE 4096
#define TOLD_OPERATIONS 30
/* A whole comparison each so many operations. */
#define COMPARE_EVERY 200
/* Longer than a file system may wait before it does something to a file that was left alone. */
#define REST_NS 600000000

static const char *path;
static uint64_t seed, state;
static unsigned char wanted[MOST_BYTES], got[MOST_BYTES];
static off_t size;

/* To write and to read, and another that only reads. */
static int file, reader;
/* Of the whole file and beyond, from one opening to the next. */
static unsigned char *held;

static char told[TOLD_OPERATIONS][120];
static long done;

/* SplitMix64. */
static uint64_t any(void) {
  uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static off_t below(off_t limit) { return limit == 0 ? 0 : (off_t)(any() % (uint64_t)limit); }
static bool one_in(int number) { return below(number) == 0; }
static off_t least(off_t a, off_t b) { return a < b ? a : b; }
static off_t greatest(off_t a, off_t b) { return a > b ? a : b; }

/* What is done next, told before it is done. */
static void tell(const char *format, ...) {
  va_list given;
  va_start(given, format);
  char *into = told[done % TOLD_OPERATIONS];
  int length = snprintf(into, sizeof *told, "%ld ", done);
  vsnprintf(into + length, sizeof *told - (size_t)length, format, given);
  va_end(given);
}

static void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void fail(const char *format, ...) {
  va_list given;
  va_start(given, format);
  vfprintf(stderr, format, given);
  va_end(given);
  fprintf(stderr, "\nseed %llu, the last operations:\n", (unsigned long long)seed);
  for (long at = greatest(0, done - TOLD_OPERATIONS + 1); at <= done; at++)
    fprintf(stderr, "  %s\n", told[at % TOLD_OPERATIONS]);
  exit(1);
}

static void must(bool holds, const char *what) {
  if (!holds) fail("%s: %s", what, strerror(errno));
}

static void on_bus_error(int signal) {
  (void)signal;
  fail("A mapping could not be read or written.");
}

static void compare(const unsigned char *bytes, off_t offset, off_t length, const char *how) {
  if (memcmp(bytes, wanted + offset, (size_t)length) == 0) return;
  off_t first = -1, last = 0, count = 0;
  for (off_t i = 0; i < length; i++) {
    if (bytes[i] == wanted[offset + i]) continue;
    if (first < 0) first = i;
    last = i;
    count++;
  }
  fail("%s gave %lld wrong bytes from %lld to %lld; the first is %02x, not %02x. The file has %lld bytes.", how,
       (long long)count, (long long)(offset + first), (long long)(offset + last), bytes[first], wanted[offset + first],
       (long long)size);
}

static void check_size(void) {
  struct stat stats;
  must(fstat(file, &stats) == 0, "fstat");
  if (stats.st_size != size) fail("The file has %lld bytes, not %lld.", (long long)stats.st_size, (long long)size);
}

static void check_read(int fd, off_t offset, off_t length) {
  ssize_t count = pread(fd, got, (size_t)length, offset);
  must(count >= 0, "pread");
  off_t there = greatest(0, least(length, size - offset));
  if (count != there) fail("A read gave %zd bytes, not %lld.", count, (long long)there);
  compare(got, offset, there, "A read");
}

static void check_whole(void) {
  check_size();
  check_read(one_in(2) ? file : reader, 0, MOST_BYTES);
}

/* ---- places */

/* Anywhere, beside the edges of pages, or at one. */
static off_t some_offset(off_t limit) {
  off_t offset = below(limit);
  if (one_in(3)) offset = offset / PAGE * PAGE + below(5) - 2;
  if (one_in(6)) offset = offset / PAGE * PAGE;
  return greatest(0, least(offset, limit - 1));
}

static off_t some_length(off_t limit) {
  off_t most = one_in(3) ? 64 : one_in(2) ? 3 * PAGE : MOST_AT_ONCE;
  return 1 + below(least(most, limit));
}

static void fill(off_t offset, off_t length) {
  for (off_t i = 0; i < length; i += 8) {
    uint64_t bytes = any();
    memcpy(wanted + offset + i, &bytes, (size_t)least(8, length - i));
  }
}

/* What lies beyond the end is zeros, should the file become longer. */
static void set_size(off_t to) {
  if (to < size) memset(wanted + to, 0, (size_t)(size - to));
  size = to;
}

/* ---- operations. Each returns false where the file system does not offer it. */

static bool do_read(void) {
  off_t offset = some_offset(MOST_BYTES), length = some_length(MOST_BYTES - offset);
  bool other = one_in(3);
  tell("read %lld+%lld%s", (long long)offset, (long long)length, other ? " by another descriptor" : "");
  check_read(other ? reader : file, offset, length);
  return true;
}

static bool do_write(void) {
  off_t offset = some_offset(MOST_BYTES), length = some_length(MOST_BYTES - offset);
  if (one_in(4)) offset = least(size, MOST_BYTES - length);
  tell("write %lld+%lld", (long long)offset, (long long)length);
  fill(offset, length);
  for (off_t at = 0; at < length;) {
    ssize_t count = pwrite(file, wanted + offset + at, (size_t)(length - at), offset + at);
    must(count > 0, "pwrite");
    at += count;
  }
  size = greatest(size, offset + length);
  return true;
}

static bool do_truncate(void) {
  off_t to = one_in(2) ? below(size + 1) : some_offset(MOST_BYTES);
  if (one_in(20)) to = 0;
  bool by_name = one_in(3);
  tell("truncate %lld to %lld%s", (long long)size, (long long)to, by_name ? " by name" : "");
  must((by_name ? truncate(path, to) : ftruncate(file, to)) == 0, "truncate");
  set_size(to);
  return true;
}

/* Calls fallocate, where it is offered. */
static bool allocate(int mode, off_t offset, off_t length) {
  if (fallocate(file, mode, offset, length) == 0) return true;
  must(errno == EOPNOTSUPP, "fallocate");
  return false;
}

static bool do_allocate(void) {
  off_t offset = some_offset(MOST_BYTES), length = some_length(MOST_BYTES - offset);
  bool keeps = one_in(2);
  tell("allocate %lld+%lld%s", (long long)offset, (long long)length, keeps ? ", the size stays" : "");
  if (!allocate(keeps ? FALLOC_FL_KEEP_SIZE : 0, offset, length)) return false;
  if (!keeps) size = greatest(size, offset + length);
  return true;
}

static bool do_punch(void) {
  off_t offset = some_offset(MOST_BYTES), length = some_length(MOST_BYTES - offset);
  tell("punch %lld+%lld", (long long)offset, (long long)length);
  if (!allocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length)) return false;
  memset(wanted + offset, 0, (size_t)length);
  return true;
}

static bool do_zero(void) {
  off_t offset = some_offset(MOST_BYTES), length = some_length(MOST_BYTES - offset);
  bool keeps = one_in(2);
  tell("zero %lld+%lld%s", (long long)offset, (long long)length, keeps ? ", the size stays" : "");
  if (!allocate(FALLOC_FL_ZERO_RANGE | (keeps ? FALLOC_FL_KEEP_SIZE : 0), offset, length)) return false;
  memset(wanted + offset, 0, (size_t)length);
  if (!keeps) size = greatest(size, offset + length);
  return true;
}

static bool do_copy(void) {
  if (size < 2) return do_write();
  off_t length = 1 + below(least(size / 2, MOST_AT_ONCE));
  off_t from = below(size - length + 1), to = some_offset(MOST_BYTES - length);
  /* Ranges that overlap are refused. */
  if (to < from + length && from < to + length) return do_write();
  tell("copy %lld+%lld to %lld", (long long)from, (long long)length, (long long)to);
  for (off_t at = 0; at < length;) {
    off_t in = from + at, out = to + at;
    ssize_t count = copy_file_range(file, &in, file, &out, (size_t)(length - at), 0);
    if (count < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EXDEV)) return false;
    must(count > 0, "copy_file_range");
    at += count;
  }
  memcpy(wanted + to, wanted + from, (size_t)length);
  size = greatest(size, to + length);
  return true;
}

/* The held mapping, or a new one of what is needed. */
static unsigned char *mapped(bool is_held, int rights, off_t offset, off_t length) {
  if (is_held) return held + offset;
  off_t start = offset / PAGE * PAGE;
  unsigned char *at = mmap(NULL, (size_t)(offset - start + length), rights, MAP_SHARED, file, start);
  must(at != MAP_FAILED, "mmap");
  return at + (offset - start);
}

static void unmap(bool is_held, unsigned char *at, off_t offset, off_t length) {
  off_t before = offset % PAGE;
  if (!is_held) must(munmap(at - before, (size_t)(before + length)) == 0, "munmap");
}

static bool do_map_read(void) {
  if (size == 0) return do_write();
  off_t offset = some_offset(size), length = some_length(size - offset);
  bool is_held = one_in(2);
  tell("read %lld+%lld by %s mapping", (long long)offset, (long long)length, is_held ? "the held" : "a new");
  unsigned char *at = mapped(is_held, PROT_READ, offset, length);
  memcpy(got, at, (size_t)length);
  compare(got, offset, length, "A mapping");
  /* The page that holds the end goes on with zeros. */
  off_t end = (size + PAGE - 1) / PAGE * PAGE;
  if (offset + length == size)
    for (off_t i = length; offset + i < end; i++)
      if (at[i] != 0) fail("A mapping has no zeros behind the end, at %lld.", (long long)(offset + i));
  unmap(is_held, at, offset, length);
  return true;
}

static bool do_map_write(void) {
  off_t offset = some_offset(MOST_BYTES), length = some_length(MOST_BYTES - offset);
  bool is_held = one_in(2), syncs = one_in(2);
  tell("write %lld+%lld by %s mapping%s", (long long)offset, (long long)length, is_held ? "the held" : "a new",
       syncs ? ", msync" : "");
  if (offset + length > size) {
    must(ftruncate(file, offset + length) == 0, "ftruncate");
    set_size(offset + length);
  }
  unsigned char *at = mapped(is_held, PROT_READ | PROT_WRITE, offset, length);
  fill(offset, length);
  memcpy(at, wanted + offset, (size_t)length);
  off_t before = offset % PAGE;
  if (syncs) must(msync(at - before, (size_t)(before + length), MS_SYNC) == 0, "msync");
  unmap(is_held, at, offset, length);
  return true;
}

static bool do_fsync(void) {
  bool data_only = one_in(2);
  tell(data_only ? "fdatasync" : "fsync");
  must((data_only ? fdatasync(file) : fsync(file)) == 0, "fsync");
  return true;
}

static void open_all(void) {
  file = open(path, O_RDWR);
  must(file >= 0, "open");
  reader = open(path, O_RDONLY);
  must(reader >= 0, "open");
  held = mmap(NULL, MOST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  must(held != MAP_FAILED, "mmap");
}

static void close_all(void) {
  must(munmap(held, MOST_BYTES) == 0, "munmap");
  must(close(file) == 0, "close");
  must(close(reader) == 0, "close");
}

static bool do_reopen(void) {
  tell("close and open");
  close_all();
  open_all();
  return true;
}

static bool do_drop(void) {
  tell("drop what is in memory");
  must(fsync(file) == 0, "fsync");
  errno = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  must(errno == 0, "posix_fadvise");
  check_whole();
  return true;
}

static bool do_rest(void) {
  tell("leave it alone for a while");
  close_all();
  nanosleep(&(struct timespec){0, REST_NS}, NULL);
  open_all();
  check_whole();
  return true;
}

static struct {
  const char *name;
  /* How often, of all together. */
  int share;
  bool (*perform)(void);
  long count;
  bool missing;
} OPERATIONS[] = {
    {"read", 220, do_read, 0, false},          {"write", 220, do_write, 0, false},
    {"truncate", 110, do_truncate, 0, false},  {"mapped read", 110, do_map_read, 0, false},
    {"mapped write", 110, do_map_write, 0, false}, {"allocate", 40, do_allocate, 0, false},
    {"punch", 60, do_punch, 0, false},         {"zero", 30, do_zero, 0, false},
    {"copy", 40, do_copy, 0, false},           {"sync", 20, do_fsync, 0, false},
    {"reopen", 25, do_reopen, 0, false},       {"drop", 14, do_drop, 0, false},
    {"rest", 1, do_rest, 0, false},
};
#define KINDS (sizeof OPERATIONS / sizeof *OPERATIONS)

static void perform_one(void) {
  int all = 0;
  for (size_t i = 0; i < KINDS; i++) all += OPERATIONS[i].share;
  off_t turn = below(all);
  size_t kind = 0;
  while (turn >= OPERATIONS[kind].share) turn -= OPERATIONS[kind++].share;
  if (OPERATIONS[kind].missing || !OPERATIONS[kind].perform()) OPERATIONS[kind].missing = true;
  else OPERATIONS[kind].count++;
}

int main(int count, char **words) {
  if (count != 4) {
    fprintf(stderr, "fsx FILE SEED OPERATIONS\n");
    return 2;
  }
  path = words[1];
  seed = state = strtoull(words[2], NULL, 10);
  long operations = strtol(words[3], NULL, 10);
  signal(SIGBUS, on_bus_error);
  must(close(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644)) == 0, "open");
  open_all();
  for (done = 0; done < operations; done++) {
    perform_one();
    check_size();
    if (done % COMPARE_EVERY == 0) check_whole();
  }
  tell("the end");
  check_whole();
  close_all();
  open_all();
  check_whole();
  for (size_t i = 0; i < KINDS; i++)
    printf("%s: %s%ld\n", OPERATIONS[i].name, OPERATIONS[i].missing ? "not offered, " : "", OPERATIONS[i].count);
  return 0;
}
