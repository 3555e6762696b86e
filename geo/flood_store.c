/* flood_store.c - room for the cells: ground and id of every cell, two bytes each, tile by tile.
 *
 * In memory, or in a file that has no name any more once it is open, so that nothing is left of it whatever happens.
 * The file's room is taken at once: a full disk is told here and cannot stop the flooding halfway.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "geo/flood.h"

enum { BYTES_A_CELL = 4 };
static const double GB = 1e9;

/* What the tables beside the cells need in memory: a share of the cells' bytes (rims, labels and their levels),
 * and that much for every tile. */
static const double TABLES = 0.15, TILE_BYTES = 6000;

static void unmap(void *data) {
  const sund_flood *flood = data;
  munmap(flood->mapped, flood->mapped_bytes);
}

/* "3.1 GB", or with smaller units where that says more. */
static const char *size_text(sund_ctx *ctx, double bytes) {
  if (bytes >= 0.05 * GB) return sund_text(ctx, "%.1f GB", bytes / GB);
  return sund_text(ctx, "%.1f MB", bytes / (GB / 1000));
}

static sund_code too_large(sund_ctx *ctx, const sund_flood *flood, double bytes) {
  const char *need = size_text(ctx, bytes), *allowed = size_text(ctx, flood->spec.most_bytes);
  if (!need || !allowed) return SUND_LIMIT;
  return sund_fail(ctx, SUND_LIMIT, "the cells need %s, %s allowed: %s", need, allowed,
                   flood->spec.spool ? "give a larger --memory" : "give a larger --memory or --spool FOLDER");
}

static sund_code no_disk(sund_ctx *ctx, const char *folder, double bytes, double free_bytes) {
  const char *need = size_text(ctx, bytes), *room = size_text(ctx, free_bytes);
  if (!need || !room) return SUND_LIMIT;
  return sund_fail(ctx, SUND_OUTPUT, "the cells need %s on disk, %s has %s free", need, folder, room);
}

/* A file that is open and has no name. Returns -1, with errno, when there is none. */
static int open_unnamed(sund_ctx *ctx, const char *folder) {
  char *name = sund_text(ctx, "%s/.sund-flood-XXXXXX", folder);
  if (!name) return -1;
  const int file = mkstemp(name);
  if (file >= 0) unlink(name);
  return file;
}

/* Takes the file's room on the disk. */
static sund_code take_disk(sund_ctx *ctx, const char *folder, int file, size_t bytes) {
  struct statvfs disk;
  const bool known = fstatvfs(file, &disk) == 0;
  const double room = known ? (double)disk.f_bavail * (double)disk.f_frsize : 0;
  if (known && room < (double)bytes) return no_disk(ctx, folder, (double)bytes, room);
  const int error = posix_fallocate(file, 0, (off_t)bytes);
  if (error == ENOSPC || error == EFBIG) return no_disk(ctx, folder, (double)bytes, room);
  if (error) return sund_fail(ctx, SUND_OUTPUT, "no room for the cells in %s: %s", folder, strerror(error));
  return SUND_OK;
}

static sund_code map_file(sund_ctx *ctx, sund_flood *flood, size_t bytes) {
  const char *folder = flood->spec.spool;
  const int file = open_unnamed(ctx, folder);
  if (file < 0) return sund_fail(ctx, SUND_OUTPUT, "no file can be made in %s: %s", folder, strerror(errno));
  sund_code code = take_disk(ctx, folder, file, bytes);
  if (code == SUND_OK) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED)
      code = sund_fail(ctx, SUND_OUTPUT, "no file can be used as memory in %s: %s", folder, strerror(errno));
    else flood->mapped = memory;
  }
  close(file);
  if (code != SUND_OK) return code;
  flood->mapped_bytes = bytes;
  return sund_defer(flood->ctx, unmap, flood);
}

sund_code flood_store_open(sund_ctx *ctx, sund_flood *flood) {
  const double bytes = (double)flood->columns * (double)flood->rows * BYTES_A_CELL;
  const double tables = bytes * TABLES + (double)flood->across * (double)flood->down * TILE_BYTES;
  const double all = flood->spec.spool ? bytes : bytes + tables;
  if (flood->spec.most_bytes > 0 && all > flood->spec.most_bytes) return too_large(ctx, flood, all);
  const size_t count = flood->columns * flood->rows;
  if (flood->spec.spool && count) {
    TRY(map_file(ctx, flood, count * BYTES_A_CELL));
    flood->ground = flood->mapped;
    flood->id = flood->ground + count;
    return SUND_OK;
  }
  flood->ground = sund_alloc(flood->ctx, count, sizeof *flood->ground);
  flood->id = sund_alloc(flood->ctx, count, sizeof *flood->id);
  return flood->ground && flood->id ? SUND_OK : sund_ctx_pass(ctx, flood->ctx);
}

/* Whole pages of a range; their contents stay in the file. */
static void give_back(const sund_flood *flood, const uint16_t *from, size_t count) {
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), begin = (uintptr_t)from / page * page;
  const uintptr_t end = (uintptr_t)(from + count), last = (uintptr_t)flood->mapped + flood->mapped_bytes;
  madvise((unsigned char *)flood->mapped + (begin - (uintptr_t)flood->mapped), (end < last ? end : last) - begin,
          MADV_DONTNEED);
}

void flood_store_rest(const sund_flood *flood, const sund_window *window) {
  if (!flood->mapped || !window->columns || !window->rows) return;
  const size_t last_row = window->row + window->rows - 1, last_column = window->column + window->columns - 1;
  for (size_t row = window->row / flood->side; row <= last_row / flood->side; row++) {
    const size_t across = row * flood->across;
    const flood_patch left = flood_patch_of(flood, across + window->column / flood->side);
    const flood_patch right = flood_patch_of(flood, across + last_column / flood->side);
    const size_t count = right.first + right.window.columns * right.window.rows - left.first;
    give_back(flood, flood->ground + left.first, count);
    give_back(flood, flood->id + left.first, count);
  }
}
