/* What the parts of the system call program share; see syscalls.c. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/* An act: gives one answer. */
struct act {
  const char *name;
  /* What stands behind the name; those in brackets may be left out. */
  const char *words;
  /* word[0] is the name, count the number of all words. */
  void (*perform)(char **word, int count);
};
/* Each list ends with an act without name. */
extern const struct act FILE_ACTS[], NAME_ACTS[], NODE_ACTS[], PROCESS_ACTS[];

/* Descriptors that acts are told by their numbers; -1 where nothing is open. */
#define SLOTS 16
extern int slots[SLOTS];
#define SLOT(i) (*slot_of(word[i]))
#define PATH(i) path_of(word[i])
#define NUMBER(i) number_of(word[i])

/* process.c: makes the folder of a case and stands in it, as root with the usual umask. */
void begin_in(const char *folder);

/* Bytes with their number; text from words.c ends with a NUL that is not counted. */
struct bytes {
  char *at;
  size_t length;
};

/* words.c: from words to values. What cannot be read ends the process by usage(). */
int *slot_of(const char *word);
struct bytes bytes_of(const char *word);
char *path_of(const char *word);
long long number_of(const char *word);
mode_t mode_of(const char *word);
int flags_of(const char *word);
struct timespec time_of(const char *word);
mode_t type_of(const char *word);

/* words.c: answers. */
void answer(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "ok", or the name of the error where the result is negative. */
void answer_result(long result);
/* The number, or the name of the error where it is negative. */
void answer_number(long long result);
/* The bytes, see described(), or the name of the error where the length is negative. */
void answer_bytes(const char *at, ssize_t length);
void usage(const char *what) __attribute__((noreturn));
const char *error_name(void);
/* Printable, without spaces; valid until the next few calls. */
const char *escaped(const char *at, size_t length);
/* Short ones escaped, long ones as their length and a hash. */
const char *described(const char *at, size_t length);

/* For qsort: texts by their bytes. */
int by_bytes(const void *a, const void *b);
/* Names in an order that does not depend on the file system; many are told by number and hash. */
void answer_sorted(char **names, size_t count);

/* look.c: what a case has made of its folder. */
const char *kind_of(mode_t mode);
/* Remembers the times of all there is, and lets the clock go on. */
void mark(int folder);
/* Prints all there is, and which times of what was marked have moved. */
void look(int folder);
/* Which times of a node have moved since mark(): "amc", "--c", "new" … */
const char *moved(const struct stat *stats);
bool same_time(struct timespec a, struct timespec b);
