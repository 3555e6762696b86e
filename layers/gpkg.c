/* gpkg.c - writes the result as a GeoPackage 1.3.1 and publishes it: the order of the steps is that of this file.
 *
 * Equal inputs give equal bytes: one thread writes the same statements in the same order, every date is the spec's,
 * and SQLite's header counts only what was done. docs/geopackage.md tells what stands in the file.
 */
#include "gpkg.h"

#include <sqlite3.h>
#include <string.h>

#include "cog.h"
#include "textbuf.h"

/* How long another program may take to let go of the older file. */
enum { WAIT_MS = 5000 };

/* One layer in a scratch context of its own: the boxes of a large one are large. */
static sund_code write_layer(gpkg_file *file, size_t layer) {
  sund_ctx *outer = file->ctx;
  file->ctx = sund_ctx_child(outer);
  if (!file->ctx) {
    file->ctx = outer;
    return SUND_LIMIT;
  }
  gpkg_extent extent;
  sund_code code = gpkg_write_rows(file, layer, &extent);
  if (code == SUND_OK) code = gpkg_register(file, layer, &extent);
  if (code == SUND_OK && file->spec->layer[layer].indexed && extent.type) code = gpkg_index(file, layer, &extent);
  if (code == SUND_OK) code = gpkg_describe(file, layer);
  if (code != SUND_OK) sund_ctx_pass(outer, file->ctx);
  sund_ctx_free(file->ctx);
  file->ctx = outer;
  return code;
}

/* Does the user want to stop? What share of the run the writing is only the caller knows: 0 takes nothing back. */
static sund_code ask(sund_ctx *ctx) {
  return sund_progress(ctx, 0, "writing");
}

static sund_code fill(gpkg_file *file) {
  TRY(gpkg_open_draft(file));
  TRY(gpkg_create(file));
  for (size_t i = 0; i < file->spec->layers; i++) {
    TRY(ask(file->ctx));
    TRY(write_layer(file, i));
  }
  return gpkg_finish(file);
}

static sund_code build(sund_ctx *ctx, const sund_gpkg_spec *spec, const char *path) {
  gpkg_file file = {.ctx = ctx, .spec = spec, .path = path};
  file.filled = sund_alloc(ctx, spec->layers, sizeof *file.filled);
  if (!file.filled) return SUND_LIMIT;
  sund_code code = fill(&file);
  sund_code closed = gpkg_close(&file);
  if (code == SUND_OK) code = closed;
  return code == SUND_OK ? gpkg_prove(&file) : code;
}

static sund_code build_and_publish(sund_ctx *ctx, const sund_gpkg_spec *spec, const publish_target *target,
                                   int wait_ms) {
  publish_draft draft = {.fd = -1};
  gpkg_old old = {NULL};
  sund_code code = publish_begin(ctx, target, &draft);
  if (code == SUND_OK) code = build(ctx, spec, draft.path);
  if (code == SUND_OK) code = ask(ctx); /* the last time: what is published stays */
  if (code == SUND_OK) code = gpkg_old_take(ctx, target, wait_ms, &old);
  if (code == SUND_OK && spec->rasters) code = cog_publish(ctx, spec->rasters);
  if (code == SUND_OK) code = publish_commit(ctx, target, &draft);
  if (spec->rasters) cog_settle(spec->rasters, code == SUND_OK);
  gpkg_old_release(&old);
  publish_drop(target, &draft);
  if (code == SUND_OK) publish_sweep(target);
  return code;
}

static sund_code write_file(sund_ctx *ctx, const sund_gpkg_spec *spec, int wait_ms) {
  TRY(gpkg_check(ctx, spec));
  publish_target target = {.folder = -1};
  TRY(publish_enter(ctx, spec->path, spec->overwrite, &target));
  sund_code code = build_and_publish(ctx, spec, &target, wait_ms);
  publish_leave(&target);
  return code;
}

sund_code gpkg_write_waiting(sund_ctx *ctx, const sund_gpkg_spec *spec, int wait_ms) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = write_file(scratch, spec, wait_ms);
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, sund_base_name(spec->path), SUND_NO_FEATURE);
  }
  sund_ctx_free(scratch);
  return code;
}

sund_code sund_gpkg_write(sund_ctx *ctx, const sund_gpkg_spec *spec) {
  return gpkg_write_waiting(ctx, spec, WAIT_MS);
}

/* A temporary that stands for the run from its first check to its end, so that a second run sees it. */
typedef struct reservation {
  publish_target target;
  publish_draft draft;
} reservation;

static void end_reservation(void *data) {
  reservation *held = data;
  publish_drop(&held->target, &held->draft);
  publish_leave(&held->target);
}

static sund_code reserve(sund_ctx *ctx, const char *path, bool overwrite) {
  reservation *held = sund_alloc(ctx, 1, sizeof *held);
  if (!held) return SUND_LIMIT;
  held->draft.fd = -1;
  TRY(publish_enter(ctx, path, overwrite, &held->target));
  sund_code code = gpkg_old_look(ctx, &held->target, WAIT_MS);
  if (code == SUND_OK) code = publish_begin(ctx, &held->target, &held->draft);
  if (code != SUND_OK) {
    end_reservation(held);
    return code;
  }
  return sund_defer(ctx, end_reservation, held);
}

sund_code sund_gpkg_target(sund_ctx *ctx, const char *path, bool overwrite) {
  sund_code code = reserve(ctx, path, overwrite);
  return code == SUND_OK ? SUND_OK : sund_blame(ctx, sund_base_name(path), SUND_NO_FEATURE);
}
