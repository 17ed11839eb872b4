/* Words of the system call program: arguments, and answers. */
#include "../syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Longer ones are told by length and hash. */
#define SHORT_BYTES 40
/* Answers of one printf may hold some escaped texts at once. */
#define ESCAPED_AT_ONCE 8
/* Longer listings are told by number and hash. */
#define SHORT_LISTING 20

struct named {
  const char *name;
  int value;
};

#define E(name) {#name, name}
static const struct named ERRORS[] = {
    E(EPERM),    E(ENOENT),  E(EINTR),     E(EIO),          E(ENXIO),     E(E2BIG),        E(EBADF),      E(EAGAIN),
    E(ENOMEM),   E(EACCES),  E(EFAULT),    E(ENOTBLK),      E(EBUSY),     E(EEXIST),       E(EXDEV),      E(ENODEV),
    E(ENOTDIR),  E(EISDIR),  E(EINVAL),    E(EMFILE),       E(ENOTTY),    E(ETXTBSY),      E(EFBIG),      E(ENOSPC),
    E(ESPIPE),   E(EROFS),   E(EMLINK),    E(EPIPE),        E(ERANGE),    E(ENAMETOOLONG), E(ENOLCK),     E(ENOSYS),
    E(ENOTEMPTY), E(ELOOP),  E(ENODATA),   E(EOVERFLOW),    E(EOPNOTSUPP), E(EADDRINUSE),  E(ECONNREFUSED), E(ENOTCONN),
    E(ECONNABORTED), E(ESTALE), E(EDQUOT), E(EDEADLK),      E(ENOEXEC),   E(ENOTSOCK),     E(EPROTOTYPE),
};

#define O(name) {#name, O_##name}
static const struct named FLAGS[] = {
    O(RDONLY), O(WRONLY), O(RDWR), O(CREAT), O(EXCL), O(TRUNC), O(APPEND), O(DIRECTORY), O(NOFOLLOW), O(NONBLOCK),
    O(TMPFILE), O(PATH), O(SYNC), O(DSYNC), O(NOATIME), O(CLOEXEC), O(NOCTTY),
    {"SET", SEEK_SET}, {"CUR", SEEK_CUR}, {"END", SEEK_END}, {"DATA", SEEK_DATA}, {"HOLE", SEEK_HOLE},
    {"KEEP_SIZE", FALLOC_FL_KEEP_SIZE}, {"PUNCH_HOLE", FALLOC_FL_PUNCH_HOLE}, {"ZERO_RANGE", FALLOC_FL_ZERO_RANGE},
    {"COLLAPSE_RANGE", FALLOC_FL_COLLAPSE_RANGE}, {"INSERT_RANGE", FALLOC_FL_INSERT_RANGE},
    {"NOREPLACE", RENAME_NOREPLACE}, {"EXCHANGE", RENAME_EXCHANGE}, {"WHITEOUT", RENAME_WHITEOUT},
    {"XATTR_CREATE", XATTR_CREATE}, {"XATTR_REPLACE", XATTR_REPLACE},
    {"SH", LOCK_SH}, {"EX", LOCK_EX}, {"UN", LOCK_UN}, {"NB", LOCK_NB},
    {"r", R_OK}, {"w", W_OK}, {"x", X_OK}, {"f", F_OK},
};

static const struct named TYPES[] = {
    {"file", S_IFREG}, {"folder", S_IFDIR},    {"link", S_IFLNK}, {"fifo", S_IFIFO},
    {"socket", S_IFSOCK}, {"char", S_IFCHR}, {"block", S_IFBLK},
};
#define COUNT(list) (sizeof(list) / sizeof(*(list)))

void usage(const char *what) {
  printf("USAGE %s\n", what);
  fflush(stdout);
  _exit(2);
}

static int hex_of(char digit) {
  const char *digits = "0123456789ABCDEF";
  const char *found = digit == 0 ? NULL : strchr(digits, digit);
  if (found == NULL) usage("what stands behind % is no byte");
  return (int)(found - digits);
}

/* "#300" are 300 bytes of a pattern, "%" is nothing, "%FF" a byte, all else stands for itself. */
struct bytes bytes_of(const char *word) {
  if (word[0] == '#') {
    size_t length = (size_t)number_of(word + 1);
    char *at = malloc(length + 1);
    for (size_t i = 0; i < length; i++) at[i] = (char)('a' + (i + i / 4096) % 23);
    at[length] = 0;
    return (struct bytes){at, length};
  }
  char *at = malloc(strlen(word) + 1);
  size_t length = 0;
  if (strcmp(word, "%") != 0) {
    for (const char *from = word; *from != 0; from++) {
      if (*from == '%') {
        int high = hex_of(from[1]);
        at[length++] = (char)(high * 16 + hex_of(from[2]));
        from += 2;
      } else at[length++] = *from;
    }
  }
  at[length] = 0;
  return (struct bytes){at, length};
}

char *path_of(const char *word) { return bytes_of(word).at; }

long long number_of(const char *word) {
  char *end;
  errno = 0;
  long long number = strtoll(word, &end, 10);
  if (*word == 0 || *end != 0 || errno != 0) usage(word);
  return number;
}

int *slot_of(const char *word) {
  long long number = number_of(word);
  if (number < 0 || number >= SLOTS) usage("no such slot");
  return &slots[number];
}

mode_t mode_of(const char *word) {
  char *end;
  unsigned long mode = strtoul(word, &end, 8);
  if (*word == 0 || *end != 0) usage(word);
  return (mode_t)mode;
}

static int value_of(const char *name, size_t length, const struct named *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strlen(list[i].name) == length && strncmp(list[i].name, name, length) == 0) return list[i].value;
  usage(name);
}

/* Names with "|" between them; "0" is none. */
int flags_of(const char *word) {
  if (strcmp(word, "0") == 0) return 0;
  int flags = 0;
  for (;;) {
    size_t length = strcspn(word, "|");
    flags |= value_of(word, length, FLAGS, COUNT(FLAGS));
    if (word[length] == 0) return flags;
    word += length + 1;
  }
}

mode_t type_of(const char *word) { return (mode_t)value_of(word, strlen(word), TYPES, COUNT(TYPES)); }

const char *kind_of(mode_t mode) {
  for (size_t i = 0; i < COUNT(TYPES); i++)
    if ((mode & S_IFMT) == (mode_t)TYPES[i].value) return TYPES[i].name;
  return "unknown";
}

/* "now", "omit", or seconds with nine digits behind a point; -1.500000000 is half a second after -1. */
struct timespec time_of(const char *word) {
  if (strcmp(word, "now") == 0) return (struct timespec){0, UTIME_NOW};
  if (strcmp(word, "omit") == 0) return (struct timespec){0, UTIME_OMIT};
  char seconds[32] = "";
  size_t length = strcspn(word, ".");
  if (length >= sizeof seconds) usage(word);
  memcpy(seconds, word, length);
  long nanoseconds = word[length] == 0 ? 0 : (long)number_of(word + length + 1);
  return (struct timespec){(time_t)number_of(seconds), nanoseconds};
}

void answer(const char *format, ...) {
  va_list given;
  va_start(given, format);
  vprintf(format, given);
  va_end(given);
  putchar('\n');
  fflush(stdout);
}

const char *error_name(void) {
  static char unnamed[32];
  for (size_t i = 0; i < COUNT(ERRORS); i++)
    if (ERRORS[i].value == errno) return ERRORS[i].name;
  snprintf(unnamed, sizeof unnamed, "E%d", errno);
  return unnamed;
}

void answer_result(long result) { answer("%s", result < 0 ? error_name() : "ok"); }

void answer_number(long long result) {
  if (result < 0) answer("%s", error_name());
  else answer("%lld", result);
}

const char *escaped(const char *at, size_t length) {
  static char *texts[ESCAPED_AT_ONCE];
  static int turn;
  turn = (turn + 1) % ESCAPED_AT_ONCE;
  char *text = texts[turn] = realloc(texts[turn], length * 3 + 1);
  size_t used = 0;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)at[i];
    if (byte > ' ' && byte < 127 && byte != '%') text[used++] = (char)byte;
    else used += (size_t)sprintf(text + used, "%%%02X", byte);
  }
  text[used] = 0;
  return text;
}

const char *described(const char *at, size_t length) {
  static char text[64];
  if (length <= SHORT_BYTES) return escaped(at, length);
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)at[i]) * 0x100000001b3u;
  snprintf(text, sizeof text, "#%zu:%016llx", length, (unsigned long long)hash);
  return text;
}

void answer_bytes(const char *at, ssize_t length) {
  if (length < 0) answer_result(-1);
  else answer("%zd \"%s\"", length, described(at, (size_t)length));
}

int by_bytes(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

void answer_sorted(char **names, size_t count) {
  qsort(names, count, sizeof *names, by_bytes);
  size_t length = 0;
  for (size_t i = 0; i < count; i++) length += strlen(names[i]) + 1;
  char *whole = malloc(length + 1);
  whole[0] = 0;
  for (size_t i = 0; i < count; i++) strcat(strcat(whole, i == 0 ? "" : " "), names[i]);
  if (count > SHORT_LISTING) answer("%zu of them, %s", count, described(whole, strlen(whole)));
  else answer("(%s)", whole);
  free(whole);
}
