/* cog_older.c - rasters of an older run beside a result: those not published again would be taken for the new result's.
 *
 * Order: cog_beside finds by their names what may be such rasters; cog_written_as (cog_write.c) tells what sund wrote, and
 * under which suffix. A raster with the mark of another suffix belongs to another result (that of plan_depth_2.gpkg to no
 * plan.gpkg), or somebody renamed a copy to keep it. sund_rasters_replace notes those that are stale, before anything is
 * published; cog_older_remove takes them away once all is.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cog.h"
#include "path.h"

static bool ends(const char *name, const char *ending) {
  size_t length = strlen(name), own = strlen(ending);
  return length > own && strcmp(name + length - own, ending) == 0;
}

/* Does the name belong to a raster, or its style, whose suffix begins with one of the prefixes? stem: "RESULT_". */
static bool belongs(const char *name, const char *stem, size_t count, const char *const *prefix) {
  size_t length = strlen(stem);
  if (strncmp(name, stem, length) != 0 || !(ends(name, ".tif") || ends(name, ".qml"))) return false;
  for (size_t i = 0; i < count; i++)
    if (strncmp(name + length, prefix[i], strlen(prefix[i])) == 0) return true;
  return false;
}

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A raster and its style have one suffix. */
static size_t drop_twins(const char **suffix, size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || strcmp(suffix[i], suffix[kept - 1]) != 0) suffix[kept++] = suffix[i];
  return kept;
}

sund_code cog_beside(sund_ctx *ctx, const char *result, size_t count, const char *const *prefix, cog_suffixes *out) {
  const char *path = cog_path(ctx, result, "", ""), *where = path ? path_folder(ctx, path) : NULL;
  if (!where) return SUND_LIMIT;
  const char *stem = sund_base_name(path);
  size_t room = 0;
  sund_code code = SUND_OK;
  DIR *folder = opendir(where);
  *out = (cog_suffixes){0};
  if (!folder) return sund_fail(ctx, SUND_OUTPUT, "looking at the output's folder failed: %s", strerror(errno));
  for (const struct dirent *entry; code == SUND_OK && (entry = readdir(folder));) {
    if (!belongs(entry->d_name, stem, count, prefix)) continue;
    const char *from = entry->d_name + strlen(stem);
    const char *text = sund_text(ctx, "%.*s", (int)(strlen(from) - strlen(".tif")), from);
    out->suffix = sund_grow(ctx, out->suffix, &room, out->count + 1, sizeof *out->suffix);
    if (text && out->suffix) out->suffix[out->count++] = text;
    else code = SUND_LIMIT;
  }
  closedir(folder);
  if (code != SUND_OK || out->count == 0) return code;
  qsort(out->suffix, out->count, sizeof *out->suffix, by_text); /* folders have no order */
  out->count = drop_twins(out->suffix, out->count);
  return SUND_OK;
}

sund_code cog_owner(sund_ctx *ctx, const char *result, const char *suffix, cog_owned *out, struct stat *file) {
  const char *path = cog_path(ctx, result, suffix, ".tif"), *marked = NULL;
  if (!path) return SUND_LIMIT;
  *out = COG_UNMARKED;
  if (lstat(path, file) != 0 || !S_ISREG(file->st_mode)) return SUND_OK;
  TRY(cog_written_as(ctx, path, &marked));
  if (marked) *out = strcmp(marked, suffix) == 0 ? COG_OURS : COG_ANOTHERS;
  return SUND_OK;
}

/* The number of a file that was removed may be given to the next. */
static bool same_file(const struct stat *a, const struct stat *b) {
  return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
         a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

void cog_older_remove(int folder, const char *name, const struct stat *file) {
  /* What belongs to it first: while the raster is there the next run finds it. */
  static const char *const endings[] = {".qml", ".tif.aux.xml", ".tif"};
  char beside[NAME_MAX + 1];
  struct stat found;
  int length = (int)(strlen(name) - strlen(".tif"));
  if (fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0 || !same_file(&found, file))
    return; /* somebody has put another there since */
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (snprintf(beside, sizeof beside, "%.*s%s", length, name, endings[i]) < (int)sizeof beside)
      unlinkat(folder, beside, 0);
}
