/* cog.c - the rasters of a result, published together with its GeoPackage or not at all.
 *
 * Order: sund_rasters_target before the work; sund_rasters_draft writes hidden temporaries beside the result (the
 * GeoTIFF and QGIS' style of each raster) and proves them; sund_rasters_publish, called by the GeoPackage's writer when
 * that is proved too, moves them to their names. Temporaries go away with the context. Where a result is overwritten
 * sund_rasters_replace, before the publishing, notes which older rasters go when all is published (cog_older.c).
 */
#include "cog.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "path.h"

typedef struct raster_file {
  publish_target target;
  publish_draft draft;
  publish_kept kept;
} raster_file;

/* A raster of an older run that is not published again. */
typedef struct older_raster {
  const char *name;
  struct stat file;
} older_raster;

struct sund_raster_draft {
  size_t count;
  raster_file *file;
  size_t olds, old_room;
  older_raster *old;
};

const char *cog_path(sund_ctx *ctx, const char *result, const char *suffix, const char *ending) {
  const char *name = sund_base_name(result), *dot = strrchr(name, '.');
  size_t length = dot && dot != name ? (size_t)(dot - result) : strlen(result);
  return sund_text(ctx, "%.*s_%s%s", (int)length, result, suffix, ending);
}

static const char *const endings[] = {".tif", ".qml"};
enum { ENDINGS = sizeof endings / sizeof *endings };

static sund_code check_target(sund_ctx *ctx, const char *path, bool overwrite) {
  publish_target target = {.folder = -1};
  if (!path) return SUND_LIMIT;
  if (publish_enter(ctx, path, overwrite, &target) != SUND_OK)
    return sund_blame(ctx, sund_base_name(path), SUND_NO_FEATURE);
  publish_leave(&target);
  return SUND_OK;
}

/* Both files of a raster. */
static sund_code check_raster(sund_ctx *ctx, const char *result, const char *suffix, bool overwrite) {
  for (size_t k = 0; k < ENDINGS; k++) TRY(check_target(ctx, cog_path(ctx, result, suffix, endings[k]), overwrite));
  return SUND_OK;
}

/* What stands there already. How many terrains and levels there will be is not known yet, so that each name that may be
 * one of this result's counts; another result's does not. */
static sund_code check_beside(sund_ctx *ctx, const char *result, size_t count, const char *const *prefix,
                              bool overwrite) {
  cog_suffixes there;
  TRY(cog_beside(ctx, result, count, prefix, &there));
  for (size_t i = 0; i < there.count; i++) {
    cog_owned owner;
    struct stat file;
    TRY(cog_owner(ctx, result, there.suffix[i], &owner, &file));
    if (owner != COG_ANOTHERS) TRY(check_raster(ctx, result, there.suffix[i], overwrite));
  }
  return SUND_OK;
}

sund_code sund_rasters_target(sund_ctx *ctx, const char *result, size_t count, const char *const *prefix,
                              bool overwrite) {
  for (size_t i = 0; i < count; i++) TRY(check_raster(ctx, result, prefix[i], overwrite));
  return check_beside(ctx, result, count, prefix, overwrite);
}

static void drop(void *data) {
  sund_raster_draft *all = data;
  for (size_t i = 0; i < all->count; i++) {
    raster_file *file = &all->file[i];
    publish_let_go(&file->target, &file->kept);
    cog_tidy(&file->target, &file->draft);
    publish_drop(&file->target, &file->draft);
    publish_leave(&file->target);
  }
}

static sund_code write_text(sund_ctx *ctx, const publish_draft *draft, const char *text) {
  for (size_t left = strlen(text); left > 0;) {
    ssize_t done = write(draft->fd, text, left);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return sund_fail(ctx, SUND_OUTPUT, "cannot be written: %s", strerror(errno));
    text += done;
    left -= (size_t)done;
  }
  return SUND_OK;
}

static sund_code fill(sund_ctx *ctx, const sund_raster *raster, size_t ending, int language,
                      const raster_file *file) {
  const char *text = NULL;
  if (ending == 0) return cog_write(ctx, raster, language, COG_IN_MEMORY, &file->target, &file->draft);
  TRY(cog_style(ctx, raster, language, &text));
  return write_text(ctx, &file->draft, text);
}

static sund_code draft_one(sund_ctx *ctx, const char *path, bool overwrite, raster_file *file) {
  if (!path) return SUND_LIMIT;
  TRY(publish_enter(ctx, path, overwrite, &file->target));
  return publish_begin(ctx, &file->target, &file->draft);
}

sund_code sund_rasters_draft(sund_ctx *ctx, const char *result, size_t count, const sund_raster *raster, int language,
                             bool overwrite, sund_raster_draft **out) {
  sund_raster_draft *all = sund_alloc(ctx, 1, sizeof *all);
  if (!all || !(all->file = sund_alloc(ctx, count * ENDINGS, sizeof *all->file))) return SUND_LIMIT;
  all->count = count * ENDINGS;
  for (size_t i = 0; i < all->count; i++) all->file[i].target.folder = all->file[i].draft.fd = -1;
  TRY(sund_defer(ctx, drop, all));
  for (size_t i = 0; i < all->count; i++) {
    const sund_raster *one = &raster[i / ENDINGS];
    const char *path = cog_path(ctx, result, one->suffix, endings[i % ENDINGS]);
    sund_code code = draft_one(ctx, path, overwrite, &all->file[i]);
    if (code == SUND_OK) code = fill(ctx, one, i % ENDINGS, language, &all->file[i]);
    if (code != SUND_OK) return sund_blame(ctx, path ? sund_base_name(path) : NULL, SUND_NO_FEATURE);
  }
  *out = all;
  return SUND_OK;
}

static bool publishes(const sund_raster_draft *draft, const char *name) {
  for (size_t i = 0; i < draft->count; i++)
    if (strcmp(draft->file[i].target.name, name) == 0) return true;
  return false;
}

static sund_code note_older(sund_ctx *ctx, sund_raster_draft *draft, const char *result, const char *suffix) {
  const char *path = cog_path(ctx, result, suffix, endings[0]);
  older_raster old;
  cog_owned owner;
  if (!path) return SUND_LIMIT;
  old.name = sund_base_name(path);
  if (publishes(draft, old.name)) return SUND_OK;
  TRY(cog_owner(ctx, result, suffix, &owner, &old.file));
  if (owner != COG_OURS) return SUND_OK;
  older_raster *all = sund_grow(ctx, draft->old, &draft->old_room, draft->olds + 1, sizeof old);
  if (!all) return SUND_LIMIT;
  draft->old = all;
  draft->old[draft->olds++] = old;
  return SUND_OK;
}

sund_code sund_rasters_replace(sund_ctx *ctx, sund_raster_draft *draft, const char *result, size_t count,
                               const char *const *prefix) {
  cog_suffixes there;
  TRY(cog_beside(ctx, result, count, prefix, &there));
  for (size_t i = 0; i < there.count; i++) TRY(note_older(ctx, draft, result, there.suffix[i]));
  return SUND_OK;
}

void cog_settle(sund_raster_draft *draft, bool keep) {
  for (size_t i = draft->count; i-- > 0;) {
    raster_file *file = &draft->file[i];
    if (keep) publish_let_go(&file->target, &file->kept);
    else publish_take_back(&file->target, &file->kept);
    if (keep) publish_sweep(&file->target);
  }
  for (size_t i = 0; keep && i < draft->olds; i++)
    cog_older_remove(draft->file[0].target.folder, draft->old[i].name, &draft->old[i].file);
}

sund_code cog_publish(sund_ctx *ctx, sund_raster_draft *draft) {
  for (size_t i = 0; i < draft->count; i++) {
    raster_file *file = &draft->file[i];
    if (publish_commit_keeping(ctx, &file->target, &file->draft, &file->kept) == SUND_OK) continue;
    cog_settle(draft, false);
    return sund_blame(ctx, file->target.name, SUND_NO_FEATURE);
  }
  /* What GDAL and QGIS noted of an older raster (its statistics) is not true of this one. */
  for (size_t i = 0; i < draft->count; i++) TRY(publish_remove_beside(ctx, &draft->file[i].target, ".aux.xml"));
  return SUND_OK;
}

sund_code sund_rasters_publish(sund_ctx *ctx, sund_raster_draft *draft) {
  sund_code code = cog_publish(ctx, draft);
  cog_settle(draft, code == SUND_OK);
  return code;
}
