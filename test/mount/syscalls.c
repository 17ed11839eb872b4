/*
 * Does system calls as it is told, one a line, and prints what came of each: "ok", a value, or the name of the error.
 * Written for the tests of mounted file systems, which run the same lines on another one and compare.
 *
 *   case NAME          a new folder NAME, and a process that stands in it, until "end"
 *   ACT WORD...        see ACTS below; words are told apart by one space, see words.c for what they may be
 *   @ACT WORD...       the same by a second process, which the case has from then on
 *   @&ACT WORD...      the same, without waiting for it; "@wait" gives its answer
 *   end                of the case: its processes end, and with them all that they have open; its folder is removed
 *
 * What is printed: for each case its first line again, for each act a line, which lines of look() may follow that begin
 * with two spaces. "USAGE" says that a line could not be understood, "KILLED" by which signal a case was ended.
 */
#include "syscalls.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORDS 12
/* A case that takes longer hangs. */
#define CASE_SECONDS 60
#define AT_ONCE 8

int slots[SLOTS];

/* The second process of a case. */
static FILE *to_second, *from_second;

static const struct act *const ACTS[] = {FILE_ACTS, NAME_ACTS, NODE_ACTS, PROCESS_ACTS};

static const struct act *act_of(const char *name) {
  for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++)
    for (const struct act *act = ACTS[i]; act->name != NULL; act++)
      if (strcmp(act->name, name) == 0) return act;
  return NULL;
}

static int words_in(const char *text, bool needed_only) {
  const char *start = text;
  int count = 0;
  for (bool optional = false; *text != 0; text++) {
    bool begins = *text != ' ' && *text != '[' && *text != ']' && (text == start || text[-1] == ' ' || text[-1] == '[');
    optional = optional || *text == '[';
    if (begins && !(optional && needed_only)) count++;
  }
  return count;
}

static void perform(char *line) {
  char *word[MOST_WORDS];
  int count = 0;
  char whole[128];
  snprintf(whole, sizeof whole, "%s", line);
  for (char *next = strtok(line, " "); next != NULL; next = strtok(NULL, " ")) {
    if (count == MOST_WORDS) usage(whole);
    word[count++] = next;
  }
  if (count == 0) usage("an empty line");
  const struct act *act = act_of(word[0]);
  if (act == NULL || count - 1 < words_in(act->words, true) || count - 1 > words_in(act->words, false)) usage(whole);
  act->perform(word, count);
}

static char *line_of(FILE *from) {
  char *line = NULL;
  size_t size = 0;
  ssize_t length = getline(&line, &size, from);
  if (length < 0) return NULL;
  line[strcspn(line, "\n")] = 0;
  return line;
}

/* ---- two processes */

/* What is open is shared from here on. */
static void start_second(void) {
  int there[2], back[2];
  if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0) usage("no pipe");
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(CASE_SECONDS);
    dup2(back[1], STDOUT_FILENO);
    close(there[1]);
    close(back[0]);
    FILE *lines = fdopen(there[0], "r");
    for (char *line; (line = line_of(lines)) != NULL;) perform(line);
    _exit(0);
  }
  close(there[0]);
  close(back[1]);
  to_second = fdopen(there[1], "w");
  from_second = fdopen(back[0], "r");
}

static void wait_for_second(void) {
  char *line = line_of(from_second);
  answer("%s", line == NULL ? "the second process is gone" : line);
}

static void perform_by_second(const char *line) {
  if (to_second == NULL) start_second();
  if (strcmp(line, "wait") == 0) {
    wait_for_second();
    return;
  }
  bool waits = line[0] != '&';
  fprintf(to_second, "%s\n", waits ? line : line + 1);
  fflush(to_second);
  if (waits) wait_for_second();
  else answer_result(0);
}

/* ---- cases, some at once, as most of the time they wait for the clock to go on */

struct running {
  char *name;
  pid_t process;
  FILE *printed;
};

static void run_case(const char *name, char **lines, size_t count) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  alarm(CASE_SECONDS);
  signal(SIGXFSZ, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < SLOTS; i++) slots[i] = -1;
  begin_in(name);
  for (size_t i = 0; i < count; i++) {
    if (lines[i][0] == '@') perform_by_second(lines[i] + 1);
    else perform(lines[i]);
  }
}

static void remove_all(int parent, const char *name) {
  if (unlinkat(parent, name, 0) == 0) return;
  int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  DIR *stream = folder < 0 ? NULL : fdopendir(folder);
  if (stream == NULL) return;
  for (struct dirent *entry; (entry = readdir(stream)) != NULL;)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) remove_all(folder, entry->d_name);
  closedir(stream);
  unlinkat(parent, name, AT_REMOVEDIR);
}

static struct running begin_case(const char *name, char **lines, size_t count) {
  int pair[2];
  if (pipe2(pair, O_CLOEXEC) < 0) usage("no pipe");
  struct running running = {.name = strdup(name), .printed = fdopen(pair[0], "r")};
  /* What is not printed yet would be printed by both. */
  fflush(stdout);
  running.process = fork();
  if (running.process == 0) {
    dup2(pair[1], STDOUT_FILENO);
    run_case(name, lines, count);
    _exit(0);
  }
  close(pair[1]);
  return running;
}

static void end_case(struct running *running) {
  printf("case %s\n", running->name);
  for (char *line; (line = line_of(running->printed)) != NULL; free(line)) puts(line);
  int status;
  waitpid(running->process, &status, 0);
  if (WIFSIGNALED(status)) printf("KILLED by signal %d\n", WTERMSIG(status));
  fclose(running->printed);
  remove_all(AT_FDCWD, running->name);
  free(running->name);
}

int main(void) {
  struct running running[AT_ONCE] = {{0}};
  size_t turn = 0;
  for (char *line; (line = line_of(stdin)) != NULL; free(line)) {
    if (strncmp(line, "case ", 5) != 0) usage("a case has to begin");
    char **lines = NULL;
    size_t count = 0;
    for (char *next; (next = line_of(stdin)) != NULL && strcmp(next, "end") != 0;) {
      lines = realloc(lines, (count + 1) * sizeof *lines);
      lines[count++] = next;
    }
    if (running[turn].process != 0) end_case(&running[turn]);
    running[turn] = begin_case(line + 5, lines, count);
    turn = (turn + 1) % AT_ONCE;
    for (size_t i = 0; i < count; i++) free(lines[i]);
    free(lines);
  }
  for (size_t i = 0; i < AT_ONCE; i++, turn = (turn + 1) % AT_ONCE)
    if (running[turn].process != 0) end_case(&running[turn]);
  return 0;
}
