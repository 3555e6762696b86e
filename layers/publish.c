/* publish.c - a file appears at its name complete or not at all.
 *
 *   publish_enter   folder and target looked at
 *   publish_begin   hidden temporary, created under a lock of the folder, so that two runs cannot both have one
 *   (the caller fills it by its path)
 *   publish_commit  fsync; rename over the older file, or link to a name that must still be free; fsync of the folder
 *   publish_drop    on every way out
 *   (of several files that belong together each is published by publish_commit_keeping; then publish_let_go on all of
 *   them, or publish_take_back when a later one failed)
 *   publish_sweep   what killed runs left
 *
 * A temporary is alive while its process holds a flock on it; the kernel lets go of that when the process dies,
 * however it dies. Where a file system knows no flock, nothing is taken for dead.
 */
#include "publish.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "path.h"

enum { ATTEMPTS = 1000 };

static sund_code failed(sund_ctx *ctx, const char *doing) {
  int cause = errno;
  const char *hint = cause == ENOSPC || cause == EDQUOT ? "; free some space there and run again" : "";
  return sund_fail(ctx, SUND_OUTPUT, "%s failed: %s%s", doing, strerror(cause), hint);
}

/* The older file, if any, and whether it may be replaced at all. */
static sund_code look(sund_ctx *ctx, bool overwrite, publish_target *target) {
  if (fstatat(target->folder, target->name, &target->older, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno != ENOENT) return failed(ctx, "looking at the output");
    return SUND_OK;
  }
  mode_t mode = target->older.st_mode;
  if (S_ISLNK(mode))
    return sund_fail(ctx, SUND_OUTPUT, "the output is a symbolic link; name the file it points to, or remove it");
  if (S_ISDIR(mode)) return sund_fail(ctx, SUND_OUTPUT, "the output is a folder; name a file in it");
  if (!S_ISREG(mode)) return sund_fail(ctx, SUND_OUTPUT, "the output is not an ordinary file");
  target->exists = true;
  if (!overwrite) return sund_fail(ctx, SUND_OUTPUT, "the output exists; use --overwrite to replace it");
  return SUND_OK;
}

static sund_code find_folder(sund_ctx *ctx, const char *path, publish_target *target) {
  const char *slash = strrchr(path, '/');
  target->name = slash ? slash + 1 : path;
  const char *folder = path_folder(ctx, path);
  if (!folder) return SUND_LIMIT;
  if (*target->name == '\0' || strcmp(target->name, ".") == 0 || strcmp(target->name, "..") == 0)
    return sund_fail(ctx, SUND_OUTPUT, "the output is a folder; name a file in it");
  char real[PATH_MAX];
  bool found = realpath(folder, real) != NULL;
  if (!found && (errno == ENOENT || errno == ENOTDIR))
    return sund_fail(ctx, SUND_OUTPUT, "the output's folder '%s' does not exist; create it first", folder);
  if (!found) return failed(ctx, "finding the output's folder");
  target->path = sund_text(ctx, "%s/%s", strcmp(real, "/") == 0 ? "" : real, target->name);
  if (!target->path) return SUND_LIMIT;
  target->folder = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (target->folder >= 0) return SUND_OK;
  if (errno == ENOTDIR) return sund_fail(ctx, SUND_OUTPUT, "'%s' is not a folder", folder);
  return failed(ctx, "opening the output's folder");
}

sund_code publish_enter(sund_ctx *ctx, const char *path, bool overwrite, publish_target *out) {
  publish_target target = {.folder = -1};
  sund_code code = find_folder(ctx, path, &target);
  if (code == SUND_OK) code = look(ctx, overwrite, &target);
  if (code == SUND_OK) *out = target;
  else publish_leave(&target);
  return code;
}

void publish_leave(publish_target *target) {
  if (target->folder >= 0) close(target->folder);
  target->folder = -1;
}

/* Is this the name of a temporary for the target, ours or another process's? *pid: the one that made it. *length: of
 * the temporary's name; a library that writes it may keep files of its own beside it, with a longer name. */
static bool is_draft(const publish_target *target, const char *name, long *pid, size_t *length) {
  size_t own = strlen(target->name);
  if (name[0] != '.' || strncmp(name + 1, target->name, own) != 0) return false;
  const char *rest = name + 1 + own;
  if (strncmp(rest, ".sund-", 6) != 0) return false;
  char *end = NULL;
  *pid = strtol(rest + 6, &end, 10);
  if (end == rest + 6 || *end != '-') return false;
  strtol(end + 1, &end, 10);
  if (strncmp(end, ".tmp", 4) != 0) return false;
  *length = (size_t)(end + 4 - name);
  return end[4] == '\0' || end[4] == '.' || end[4] == '-';
}

/* Does a living process hold it? If not, and `remove`, it goes away. Another user's cannot be opened: there the number
 * of the process has to do. */
static bool alive(const publish_target *target, const char *name, long pid, bool remove) {
  int fd = openat(target->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return errno == EACCES && pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
  bool held = flock(fd, LOCK_EX | LOCK_NB) != 0;
  bool busy = held && errno == EWOULDBLOCK;
  struct stat file;
  if (!held && remove && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) unlinkat(target->folder, name, 0);
  close(fd);
  return busy;
}

/* One entry of the folder; true when a living process has it. What stands beside a temporary lives as long as that. */
static bool survey_entry(const publish_target *target, const char *name, bool remove) {
  long pid = 0;
  size_t length = 0;
  char draft[NAME_MAX + 1];
  if (!is_draft(target, name, &pid, &length) || length >= sizeof draft) return false;
  memcpy(draft, name, length);
  draft[length] = '\0';
  bool beside = name[length] != '\0', lives = alive(target, draft, pid, remove && !beside);
  if (beside && remove && !lives) unlinkat(target->folder, name, 0);
  return lives && pid != (long)getpid();
}

/* Goes through the temporaries of the target; true when another process is writing one. */
static bool survey(const publish_target *target, bool remove) {
  int fd = openat(target->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
  if (!folder) {
    if (fd >= 0) close(fd);
    return false;
  }
  bool other = false;
  for (const struct dirent *entry; (entry = readdir(folder));)
    if (survey_entry(target, entry->d_name, remove)) other = true;
  closedir(folder);
  return other;
}

void publish_sweep(const publish_target *target) {
  flock(target->folder, LOCK_EX); /* nobody is between creating a temporary and holding it */
  survey(target, true);
  flock(target->folder, LOCK_UN);
}

/* Creates the file, learns from it what permissions the umask leaves, then keeps others out until it is complete. */
static sund_code create(sund_ctx *ctx, const publish_target *target, publish_draft *draft) {
  for (int i = 0; i < ATTEMPTS; i++) {
    char *name = sund_text(ctx, ".%s.sund-%ld-%d.tmp", target->name, (long)getpid(), i);
    size_t folder = strlen(target->path) - strlen(target->name);
    char *path = name ? sund_text(ctx, "%.*s%s", (int)folder, target->path, name) : NULL;
    if (!path) return SUND_LIMIT;
    int fd = openat(target->folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) continue;
    if (fd < 0) return failed(ctx, "making a file in the output's folder");
    *draft = (publish_draft){name, path, fd, 0600};
    struct stat made;
    if (fstat(fd, &made) != 0 || fchmod(fd, 0600) != 0) return failed(ctx, "making the temporary file");
    draft->mode = (target->exists ? target->older.st_mode : made.st_mode) & 0777;
    flock(fd, LOCK_EX | LOCK_NB); /* the folder is locked: nobody can be faster; without flock all live for ever */
    return SUND_OK;
  }
  return sund_fail(ctx, SUND_OUTPUT, "too many temporary files of earlier runs stand in the output's folder");
}

sund_code publish_begin(sund_ctx *ctx, const publish_target *target, publish_draft *out) {
  publish_draft draft = {.fd = -1};
  flock(target->folder, LOCK_EX);
  sund_code code = SUND_OK;
  if (survey(target, false)) code = sund_fail(ctx, SUND_OUTPUT, "another run of sund is writing this output");
  if (code == SUND_OK) code = create(ctx, target, &draft);
  flock(target->folder, LOCK_UN);
  if (code == SUND_OK) *out = draft;
  else publish_drop(target, &draft);
  return code;
}

void publish_drop(const publish_target *target, publish_draft *draft) {
  if (draft->fd < 0) return;
  unlinkat(target->folder, draft->name, 0);
  close(draft->fd);
  draft->fd = -1;
}

static sund_code sync_file(sund_ctx *ctx, int fd, const char *doing) {
  int rc;
  do rc = fsync(fd);
  while (rc != 0 && errno == EINTR);
  /* Some network file systems cannot sync a folder. */
  return rc == 0 || errno == EINVAL ? SUND_OK : failed(ctx, doing);
}

/* To a name that must be free. A link cannot replace a file, a rename can. */
static sund_code place_new(sund_ctx *ctx, const publish_target *target, const publish_draft *draft) {
  if (linkat(target->folder, draft->name, target->folder, target->name, 0) == 0) {
    unlinkat(target->folder, draft->name, 0);
    return SUND_OK;
  }
  if (errno == EEXIST)
    return sund_fail(ctx, SUND_OUTPUT, "somebody else has written this output meanwhile; it was left as it is");
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
    return failed(ctx, "publishing the output");
  /* No hard links here (FAT, some network drives): look, then rename. */
  struct stat found;
  if (fstatat(target->folder, target->name, &found, AT_SYMLINK_NOFOLLOW) == 0)
    return sund_fail(ctx, SUND_OUTPUT, "somebody else has written this output meanwhile; it was left as it is");
  if (renameat(target->folder, draft->name, target->folder, target->name) != 0)
    return failed(ctx, "publishing the output");
  return SUND_OK;
}

/* Over the older file, if it is still the one that was looked at. */
static sund_code place_over(sund_ctx *ctx, const publish_target *target, const publish_draft *draft) {
  struct stat found;
  if (fstatat(target->folder, target->name, &found, AT_SYMLINK_NOFOLLOW) != 0 ||
      found.st_ino != target->older.st_ino || found.st_dev != target->older.st_dev)
    return sund_fail(ctx, SUND_OUTPUT, "somebody else has replaced this output meanwhile; it was left as it is");
  if (renameat(target->folder, draft->name, target->folder, target->name) != 0)
    return failed(ctx, "publishing the output");
  return SUND_OK;
}

sund_code publish_commit(sund_ctx *ctx, const publish_target *target, publish_draft *draft) {
  if (fchmod(draft->fd, draft->mode) != 0) return failed(ctx, "setting the output's permissions");
  TRY(sync_file(ctx, draft->fd, "writing the output to the disk"));
  flock(target->folder, LOCK_EX);
  sund_code code = target->exists ? place_over(ctx, target, draft) : place_new(ctx, target, draft);
  flock(target->folder, LOCK_UN);
  if (code != SUND_OK) return code;
  close(draft->fd);
  draft->fd = -1;
  return sync_file(ctx, target->folder, "writing the output's folder to the disk");
}

sund_code publish_commit_keeping(sund_ctx *ctx, const publish_target *target, publish_draft *draft,
                                 publish_kept *out) {
  publish_kept kept = {NULL, false};
  for (int i = 0; target->exists && !kept.name && i < ATTEMPTS; i++) {
    char *name = sund_text(ctx, ".%s.sund-%ld-%d.tmp", target->name, (long)getpid(), i);
    if (!name) return SUND_LIMIT;
    if (linkat(target->folder, target->name, target->folder, name, 0) == 0) kept.name = name;
    else if (errno != EEXIST) break;
  }
  sund_code code = publish_commit(ctx, target, draft);
  kept.done = code == SUND_OK;
  if (code != SUND_OK) publish_let_go(target, &kept);
  *out = kept;
  return code;
}

void publish_take_back(const publish_target *target, publish_kept *kept) {
  if (kept->done && kept->name) renameat(target->folder, kept->name, target->folder, target->name);
  else if (kept->done && !target->exists) unlinkat(target->folder, target->name, 0);
  *kept = (publish_kept){NULL, false};
}

void publish_let_go(const publish_target *target, publish_kept *kept) {
  if (kept->name) unlinkat(target->folder, kept->name, 0);
  *kept = (publish_kept){NULL, false};
}

sund_code publish_remove_beside(sund_ctx *ctx, const publish_target *target, const char *ending) {
  char *name = sund_text(ctx, "%s%s", target->name, ending);
  if (!name) return SUND_LIMIT;
  if (unlinkat(target->folder, name, 0) == 0) return sync_file(ctx, target->folder, "removing an old sidecar file");
  if (errno == ENOENT) return SUND_OK;
  return sund_fail(ctx, SUND_OUTPUT, "'%s' beside the output cannot be removed: %s", name, strerror(errno));
}
