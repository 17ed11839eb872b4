/* Acts upon the process itself: whom it acts as, where it stands, what it looks at. */
#include "../syscalls.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_GROUPS 8

static int base;
static char base_path[PATH_MAX];

/* Whom the case acts as. */
static uid_t uid;
static gid_t gid;
static gid_t groups[MOST_GROUPS];
static size_t group_count;

static void take_identity(uid_t user, gid_t group, size_t count, const gid_t *others) {
  /* The saved user stays root, so that the process can be root again; what it may do is up to the others. */
  if (setresuid(0, 0, 0) < 0 || setgroups(count, others) < 0 || setresgid(group, group, 0) < 0 ||
      setresuid(user, user, 0) < 0)
    usage("not run by root");
}

void begin_in(const char *folder) {
  take_identity(0, 0, 0, NULL);
  umask(022);
  if (mkdir(folder, 0755) < 0 || chdir(folder) < 0) usage("the folder of the case cannot be made");
  base = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (base < 0 || syscall(SYS_getcwd, base_path, sizeof base_path) < 0) usage("the folder of the case is not to be had");
}

static void act_as(char **word, int count) {
  uid = (uid_t)NUMBER(1);
  gid = (gid_t)NUMBER(2);
  group_count = 0;
  for (int i = 3; i < count; i++) groups[group_count++] = (gid_t)NUMBER(i);
  take_identity(uid, gid, group_count, groups);
  answer_result(0);
}

static void act_umask(char **word, int count) {
  umask(mode_of(word[1]));
  answer_result(0);
}

static void act_limit(char **word, int count) {
  struct rlimit limit = {(rlim_t)NUMBER(1), RLIM_INFINITY};
  answer_result(setrlimit(RLIMIT_FSIZE, &limit));
}

static void act_chdir(char **word, int count) {
  answer_result(chdir(PATH(1)));
}

static void act_fchdir(char **word, int count) {
  answer_result(fchdir(SLOT(1)));
}

/* From the case's folder on. */
static void act_getcwd(char **word, int count) {
  char into[2 * PATH_MAX];
  if (syscall(SYS_getcwd, into, sizeof into) < 0) answer_result(-1);
  else {
    size_t length = strlen(base_path);
    const char *path = strncmp(into, base_path, length) == 0 ? into + length : into;
    answer(".%s", escaped(path, strlen(path)));
  }
}

/* Runs a program to its end: "exit 7", or why it could not be run. */
static void act_exec(char **word, int count) {
  int pair[2];
  char *path = PATH(1);
  if (pipe2(pair, O_CLOEXEC) < 0) usage("no pipe");
  pid_t child = fork();
  if (child == 0) {
    /* An interpreter may have something to say. */
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    execv(path, (char *[]){path, NULL});
    int error = errno;
    if (write(pair[1], &error, sizeof error) < 0) _exit(2);
    _exit(1);
  }
  close(pair[1]);
  int error = 0, status;
  bool failed = read(pair[0], &error, sizeof error) > 0;
  close(pair[0]);
  waitpid(child, &status, 0);
  errno = error;
  if (failed) answer_result(-1);
  else answer("exit %d", WEXITSTATUS(status));
}

static void as_root(void (*act)(int)) {
  take_identity(0, 0, 0, NULL);
  act(base);
  take_identity(uid, gid, group_count, groups);
}

static void act_mark(char **word, int count) {
  as_root(mark);
  answer_result(0);
}

static void act_look(char **word, int count) {
  answer_result(0);
  as_root(look);
}

const struct act PROCESS_ACTS[] = {
    {"as", "UID GID [GROUP GROUP GROUP]", act_as},
    {"umask", "MODE", act_umask},
    {"limit", "BYTES", act_limit},
    {"chdir", "PATH", act_chdir},
    {"fchdir", "SLOT", act_fchdir},
    {"getcwd", "", act_getcwd},
    {"exec", "PATH", act_exec},
    {"mark", "", act_mark},
    {"look", "", act_look},
    {0},
};
