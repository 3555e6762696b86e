/* guard_zip.c - the file to be read inside a zip archive: the one the user named, or the only one that can be read. An
 * archive that would unpack to far more than it holds is not opened.
 */
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <string.h>

#include "guard.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A member of this ratio and size is a bomb rather than data. */
enum { ZIP_RATIO = 100, ZIP_HARMLESS = 16 << 20, ZIP_MEMBERS = 10000 };

static const char *const zip_endings[] = {".gpkg", ".shp", ".geojson", ".json", ".fgb", ".csv",
                                          ".gml",  ".kml", ".tif",     ".tiff", ".asc", ".nc"};

static bool is_member(const char *name) {
  for (size_t i = 0; i < COUNT(zip_endings); i++)
    if (path_ends(name, zip_endings[i])) return true;
  return false;
}

static sund_code check_member(guard *g, const char *root, const char *name) {
  if (*name == '/' || strstr(name, "..") || strchr(name, '\\'))
    return sund_fail(g->ctx, SUND_SOURCE, "zip archive has an unsafe name: %s", name);
  const char *path = sund_text(g->ctx, "%s/%s", root, name);
  if (!path) return SUND_LIMIT;
  VSILFILE *member = VSIFOpenL(path, "rb");
  if (!member) return SUND_OK;
  vsi_l_offset size = VSIFSeekL(member, 0, SEEK_END) == 0 ? VSIFTellL(member) : 0;
  VSIFCloseL(member);
  if (size > ZIP_HARMLESS && size / ZIP_RATIO > (vsi_l_offset)g->facts.size)
    return sund_fail(g->ctx, SUND_LIMIT, "%s in the archive unpacks to %lld MB from %lld kB; not read", name,
                     (long long)(size >> 20), (long long)g->facts.size >> 10);
  return SUND_OK;
}

/* Finds the one member that can be read, when the user named none. */
static sund_code choose_member(guard *g, const char *root) {
  char **names = VSIReadDirRecursive(root);
  int count = CSLCount(names);
  const char *chosen = NULL, *other = NULL;
  sund_code code = SUND_OK;
  if (count > ZIP_MEMBERS) code = sund_fail(g->ctx, SUND_LIMIT, "archive has %d members; not read", count);
  for (int i = 0; i < count && code == SUND_OK; i++) {
    code = check_member(g, root, names[i]);
    if (!is_member(names[i])) continue;
    if (chosen) other = names[i];
    else chosen = names[i];
  }
  if (code == SUND_OK && !chosen) code = sund_fail(g->ctx, SUND_SOURCE, "archive holds nothing that can be read");
  if (code == SUND_OK && other)
    code = sund_fail(g->ctx, SUND_SOURCE, "archive holds several files (%s, %s ...); name one as /vsizip/%s/%s",
                     chosen, other, g->facts.file, chosen);
  if (code == SUND_OK && !(g->path = sund_text(g->ctx, "%s/%s", root, chosen))) code = SUND_LIMIT;
  CSLDestroy(names);
  return code;
}

sund_code guard_enter_zip(guard *g) {
  if (g->facts.content != PATH_ZIP) return sund_fail(g->ctx, SUND_SOURCE, "is no zip archive");
  const char *root = sund_text(g->ctx, "/vsizip/{%s}", g->facts.file);
  if (!root) return SUND_LIMIT;
  if (*g->facts.inside == '\0') {
    TRY(choose_member(g, root));
  } else {
    TRY(check_member(g, root, g->facts.inside));
    if (!(g->path = sund_text(g->ctx, "%s/%s", root, g->facts.inside))) return SUND_LIMIT;
  }
  g->failures = 0;
  return SUND_OK;
}
