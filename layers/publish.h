/* publish.h - a file appears at its name complete or not at all. Knows folders and names, not what is in the file. */
#ifndef SUND_LAYERS_PUBLISH_H
#define SUND_LAYERS_PUBLISH_H

#include <sys/stat.h>

#include "sund/geo.h"

/* Where a file shall stand. */
typedef struct publish_target {
  const char *name;  /* base name                                              */
  const char *path;  /* folder (real path, without symbolic links) and name    */
  int folder;        /* the folder, open; -1 = not                             */
  bool exists;       /* a regular file stands there                            */
  struct stat older; /* it, when it exists                                     */
} publish_target;

/* A hidden temporary in the target's folder: .NAME.sund-PID-NUMBER.tmp, locked with flock while it is alive. */
typedef struct publish_draft {
  const char *name;
  const char *path;
  int fd;      /* -1 = none                                    */
  mode_t mode; /* permissions the published file will have     */
} publish_draft;

/* Finds the folder and looks at the target. SUND_OUTPUT: folder missing, target is a folder, a symbolic link or
 * another thing that is no file, or exists and `overwrite` is off. The folder stays open until publish_leave. */
sund_code publish_enter(sund_ctx *ctx, const char *path, bool overwrite, publish_target *out);
void publish_leave(publish_target *target);

/* A new empty temporary. SUND_OUTPUT when another live process has one for the same target. */
sund_code publish_begin(sund_ctx *ctx, const publish_target *target, publish_draft *out);
/* Gives it up: the temporary goes away. Allowed on one that was published. */
void publish_drop(const publish_target *target, publish_draft *draft);

/* Flushes the temporary to the disk and moves it to the target's name, replacing a file only when target->exists.
 * SUND_OUTPUT when somebody else has put a file there meanwhile. */
sund_code publish_commit(sund_ctx *ctx, const publish_target *target, publish_draft *draft);

/* The older file of a target, kept under a hidden name while files that belong together are published one by one. */
typedef struct publish_kept {
  const char *name; /* NULL: there was none, or it could not be kept  */
  bool done;        /* the new file stands at the target               */
} publish_kept;

/* publish_commit, after which the older file can come back. Where a file system knows no hard links it cannot. */
sund_code publish_commit_keeping(sund_ctx *ctx, const publish_target *target, publish_draft *draft,
                                 publish_kept *out);
/* The older file comes back, or the new one goes when there was none. */
void publish_take_back(const publish_target *target, publish_kept *kept);
/* The older file is not needed any more. */
void publish_let_go(const publish_target *target, publish_kept *kept);

/* Removes temporaries for this target that dead processes left, and what stands beside those (NAME.tmp.*, NAME.tmp-*). */
void publish_sweep(const publish_target *target);
/* Removes a file beside the target: its name with `ending`. SUND_OUTPUT when it is still there afterwards. */
sund_code publish_remove_beside(sund_ctx *ctx, const publish_target *target, const char *ending);

#endif
