/* guard_gzip.c - a gzip file unpacked into a private folder before GDAL sees it.
 *
 * Tables of distances are large and are handed around packed. GDAL's own way of reading through a packed file goes
 * through it again for every look, and would leave a note beside it.
 */
#include <cpl_vsi.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"

/* What unpacks to more than this, and to more than so many times the file, is a bomb rather than data. */
enum { LARGEST_RATIO = 200, HARMLESS_BYTES = 16 << 20, CHUNK_BYTES = 1 << 16 };

static const char *const nothing_beside[] = {NULL};

static sund_code copy_all(guard *g, VSILFILE *in, FILE *out) {
  char *bytes = sund_alloc(g->ctx, CHUNK_BYTES, 1);
  if (!bytes) return SUND_LIMIT;
  double size = 0;
  for (;;) {
    size_t length = VSIFReadL(bytes, 1, CHUNK_BYTES, in);
    if (g->failures > 0)
      return sund_fail(g->ctx, SUND_SOURCE, "gzip archive is cut or damaged after %.0f unpacked bytes", size);
    if (length == 0) return SUND_OK;
    size += (double)length;
    if (size > HARMLESS_BYTES && size / LARGEST_RATIO > (double)g->facts.size)
      return sund_fail(g->ctx, SUND_LIMIT, "unpacks to more than %d times its size; not read", LARGEST_RATIO);
    if (fwrite(bytes, 1, length, out) != length)
      return sund_fail(g->ctx, SUND_OUTPUT, "no room to unpack it: %s", strerror(errno));
  }
}

sund_code guard_unpack(guard *g) {
  const char *packed = sund_text(g->ctx, "/vsigzip/%s", g->facts.file);
  const char *name = sund_text(g->ctx, "%.*s", (int)(strlen(g->facts.name) - strlen(".gz")), g->facts.name);
  if (!packed || !name) return SUND_LIMIT;
  TRY(path_private(g->ctx, name, nothing_beside, &g->path));
  VSILFILE *in = VSIFOpenL(packed, "rb");
  FILE *out = in ? fopen(g->path, "wbx") : NULL;
  sund_code code = SUND_OK;
  if (!in) code = sund_fail(g->ctx, SUND_SOURCE, "gzip archive cannot be read");
  else if (!out) code = sund_fail(g->ctx, SUND_OUTPUT, "no room to unpack it: %s", strerror(errno));
  else code = copy_all(g, in, out);
  if (out && fclose(out) != 0 && code == SUND_OK)
    code = sund_fail(g->ctx, SUND_OUTPUT, "no room to unpack it: %s", strerror(errno));
  if (in) VSIFCloseL(in);
  g->failures = 0;
  g->private_copy = true;
  return code;
}
