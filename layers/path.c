/* path.c - what lies at a path before any library opens it.
 *
 * Sources come from strangers. So a path is looked at with plain system calls first: no network, no device that never
 * ends, no folder full of files, no empty file; the first bytes tell what the file is, whatever its name says. Order:
 * path_look, then the reader, then path_unchanged.
 */
#include "path.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sund/layers.h"

enum { SNIFF_BYTES = 4096, LARGEST_FOLDER = 4096, COPY_BYTES = 1 << 16 };

/* ---------------------------------------------------------------------------------------------------------- names */

const char *path_base(sund_ctx *ctx, const char *path) {
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/') end--;
  size_t start = end;
  while (start > 0 && path[start - 1] != '/') start--;
  return sund_text(ctx, "%.*s", (int)(end - start), path + start);
}

const char *path_folder(sund_ctx *ctx, const char *path) {
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/') end--;
  while (end > 0 && path[end - 1] != '/') end--;
  while (end > 1 && path[end - 1] == '/') end--;
  return end > 0 ? sund_text(ctx, "%.*s", (int)end, path) : sund_text_copy(ctx, ".");
}

bool path_ends(const char *name, const char *ending) {
  size_t length = strlen(name), tail = strlen(ending);
  return length >= tail && strcasecmp(name + length - tail, ending) == 0;
}

const char *path_find(const char *text, const char *word) {
  size_t length = strlen(word);
  for (; *text; text++)
    if (strncasecmp(text, word, length) == 0) return text;
  return NULL;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Nearest name in a folder, or NULL. Sorted first: the order of a folder is not always the same. */
static const char *nearest_in(sund_ctx *ctx, const char *folder, const char *name) {
  const char **names = sund_alloc(ctx, LARGEST_FOLDER, sizeof *names);
  if (!names) return NULL;
  DIR *directory = opendir(folder);
  if (!directory) return NULL;
  size_t count = 0;
  for (struct dirent *entry = readdir(directory); entry && count < LARGEST_FOLDER; entry = readdir(directory))
    if (entry->d_name[0] != '.' && (names[count] = sund_text_copy(ctx, entry->d_name))) count++;
  closedir(directory);
  qsort(names, count, sizeof *names, compare_names);
  return sund_nearest_word(name, count, names);
}

static sund_code fail_missing(sund_ctx *ctx, const path_facts *facts) {
  const char *where = path_folder(ctx, facts->file);
  if (!where) return SUND_LIMIT;
  struct stat status;
  if (stat(where, &status) != 0)
    return sund_fail(ctx, SUND_SOURCE, "no such file: %s (nor its folder)", facts->given);
  const char *name = path_base(ctx, facts->file);
  if (!name) return SUND_LIMIT;
  const char *near = nearest_in(ctx, where, name);
  if (near) return sund_fail(ctx, SUND_SOURCE, "no such file: %s; did you mean %s?", facts->given, near);
  return sund_fail(ctx, SUND_SOURCE, "no such file: %s", facts->given);
}

/* -------------------------------------------------------------------------------------------------------- content */

static const char *const content_names[PATH_CONTENTS] = {
    [PATH_SQLITE] = "an SQLite database",
    [PATH_TIFF] = "a GeoTIFF",
    [PATH_VRT] = "a GDAL virtual dataset (VRT)",
    [PATH_GML] = "GML",
    [PATH_KML] = "KML",
    [PATH_OSM] = "OpenStreetMap XML",
    [PATH_OSM_PBF] = "OpenStreetMap PBF",
    [PATH_HTML] = "a web page",
    [PATH_XML] = "XML",
    [PATH_JSON] = "JSON",
    [PATH_FLATGEOBUF] = "FlatGeobuf",
    [PATH_ZIP] = "a zip archive",
    [PATH_GZIP] = "a gzip archive",
    [PATH_PICTURE] = "a picture",
    [PATH_PDF] = "a PDF document",
    [PATH_NETCDF] = "netCDF or HDF5",
};

const char *path_content_name(path_content content) {
  return content_names[content];
}

/* First bytes that decide. */
static const struct {
  const char *bytes;
  size_t length;
  path_content content;
} magics[] = {
    {"SQLite format 3", 16, PATH_SQLITE},
    {"II*\0", 4, PATH_TIFF},
    {"MM\0*", 4, PATH_TIFF},
    {"II+\0", 4, PATH_TIFF},
    {"MM\0+", 4, PATH_TIFF},
    {"fgb\3fgb", 7, PATH_FLATGEOBUF},
    {"PK\3\4", 4, PATH_ZIP},
    {"\x1f\x8b", 2, PATH_GZIP},
    {"\x89PNG", 4, PATH_PICTURE},
    {"\xff\xd8\xff", 3, PATH_PICTURE},
    {"GIF8", 4, PATH_PICTURE},
    {"%PDF", 4, PATH_PDF},
    {"\x89HDF", 4, PATH_NETCDF},
    {"CDF\1", 4, PATH_NETCDF},
    {"CDF\2", 4, PATH_NETCDF},
    {"CDF\5", 4, PATH_NETCDF},
};

/* Words that decide what an XML text is; the first that is found wins. */
static const struct {
  const char *word;
  path_content content;
} xml_words[] = {
    {"<OGRVRTDataSource", PATH_VRT},
    {"<OGRVRTLayer", PATH_VRT},
    {"<VRTDataset", PATH_VRT},
    {"<kml", PATH_KML},
    {"<osm", PATH_OSM},
    {"<html", PATH_HTML},
    {"<!DOCTYPE html", PATH_HTML},
    {"opengis.net/gml", PATH_GML},
};

static path_content sniff_text(const char *text) {
  const unsigned char *start = (const unsigned char *)text;
  if (start[0] == 0xEF && start[1] == 0xBB && start[2] == 0xBF) start += 3;
  while (isspace(*start)) start++;
  if (*start == '{' || *start == '[') return PATH_JSON;
  if (*start != '<') return PATH_UNKNOWN;
  for (size_t i = 0; i < sizeof xml_words / sizeof *xml_words; i++)
    if (path_find(text, xml_words[i].word)) return xml_words[i].content;
  return PATH_XML;
}

static sund_code sniff(sund_ctx *ctx, path_facts *facts) {
  char bytes[SNIFF_BYTES + 1] = {0};
  FILE *file = fopen(facts->file, "rb");
  if (!file) return sund_fail(ctx, SUND_SOURCE, "cannot be read: %s", strerror(errno));
  size_t length = fread(bytes, 1, SNIFF_BYTES, file);
  bool failed = ferror(file) != 0;
  fclose(file);
  if (failed) return sund_fail(ctx, SUND_SOURCE, "cannot be read: the device gives an error");
  facts->content = PATH_UNKNOWN;
  for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
    if (length >= magics[i].length && memcmp(bytes, magics[i].bytes, magics[i].length) == 0)
      facts->content = magics[i].content;
  /* The length of the first blob's header, and in it, as its first field, what the blob is. */
  if (length > 15 && memcmp(bytes + 4, "\x0A\x09OSMHeader", 11) == 0) facts->content = PATH_OSM_PBF;
  if (facts->content == PATH_UNKNOWN) facts->content = sniff_text(bytes);
  facts->wal = facts->content == PATH_SQLITE && length > 18 && bytes[18] == 2;
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------------- look */

/* Splits /vsizip/folder/a.zip/b.shp into the file on disk and the path inside. */
static sund_code split_zip(sund_ctx *ctx, const char *path, path_facts *facts) {
  const char *rest = path + strlen("/vsizip/");
  if (strstr(rest, "/vsi") || strchr(rest, '{') || strncmp(rest, "vsi", 3) == 0)
    return sund_fail(ctx, SUND_SOURCE, "a virtual path inside another is not read: %s", path);
  const char *end = path_find(rest, ".zip");
  while (end && end[4] != '\0' && end[4] != '/') end = path_find(end + 1, ".zip");
  if (!end) return sund_fail(ctx, SUND_SOURCE, "/vsizip/ needs a file that ends in .zip: %s", path);
  facts->file = sund_text(ctx, "%.*s", (int)(end + 4 - rest), rest);
  facts->inside = sund_text_copy(ctx, end[4] ? end + 5 : "");
  return facts->file && facts->inside ? SUND_OK : SUND_LIMIT;
}

static sund_code check_local(sund_ctx *ctx, const char *path, path_facts *facts) {
  if (*path == '\0') return sund_fail(ctx, SUND_USAGE, "the path is empty");
  if (strlen(path) >= PATH_MAX) return sund_fail(ctx, SUND_USAGE, "the path is longer than %d bytes", PATH_MAX - 1);
  if (strncmp(path, "/vsizip/", 8) == 0) return split_zip(ctx, path, facts);
  if (strncmp(path, "/vsi", 4) == 0)
    return sund_fail(ctx, SUND_SOURCE, "only files on disk and /vsizip/ are read, not %s", path);
  if (strstr(path, "://"))
    return sund_fail(ctx, SUND_SOURCE, "nothing is read over the network; download it and name the file");
  facts->file = path;
  if (path_ends(path, ".zip")) facts->inside = "";
  return SUND_OK;
}

sund_code path_look(sund_ctx *ctx, const char *path, path_facts *out) {
  path_facts facts = {.given = path};
  if (!(facts.name = path_base(ctx, path))) return SUND_LIMIT;
  TRY(check_local(ctx, path, &facts));
  struct stat status;
  if (stat(facts.file, &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return fail_missing(ctx, &facts);
    if (errno == ENAMETOOLONG) return sund_fail(ctx, SUND_USAGE, "the file name is too long");
    return sund_fail(ctx, SUND_SOURCE, "cannot be read: %s", strerror(errno));
  }
  facts.size = status.st_size;
  facts.changed = status.st_mtim;
  facts.inode = status.st_ino;
  facts.folder = S_ISDIR(status.st_mode);
  if (facts.folder && !path_ends(facts.name, ".gdb"))
    return sund_fail(ctx, SUND_SOURCE, "is a folder; name the file in it");
  if (!facts.folder && !S_ISREG(status.st_mode))
    return sund_fail(ctx, SUND_SOURCE, "is not a regular file (a device, pipe or socket)");
  if (!facts.folder && facts.size == 0) return sund_fail(ctx, SUND_SOURCE, "file is empty");
  if (!facts.folder) TRY(sniff(ctx, &facts));
  *out = facts;
  return SUND_OK;
}

sund_code path_unchanged(sund_ctx *ctx, const path_facts *facts) {
  struct stat status;
  if (stat(facts->file, &status) != 0) return sund_fail(ctx, SUND_SOURCE, "vanished during the run");
  bool same = status.st_size == facts->size && status.st_ino == facts->inode &&
              status.st_mtim.tv_sec == facts->changed.tv_sec && status.st_mtim.tv_nsec == facts->changed.tv_nsec;
  return same || facts->folder ? SUND_OK : sund_fail(ctx, SUND_SOURCE, "changed during the run; start again");
}

/* ----------------------------------------------------------------------------------------------------------- copy */

bool path_beside(sund_ctx *ctx, const char *path, const char *suffix) {
  const char *beside = sund_text(ctx, "%s%s", path, suffix);
  struct stat status;
  return beside && stat(beside, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

typedef struct private_copy {
  const char *folder;
  const char *file; /* its neighbours have the same name and a suffix */
  const char *const *suffix;
} private_copy;

static void remove_copy(void *data) {
  const private_copy *copy = data;
  char neighbour[PATH_MAX];
  unlink(copy->file);
  for (size_t i = 0; copy->suffix[i]; i++)
    if (snprintf(neighbour, sizeof neighbour, "%s%s", copy->file, copy->suffix[i]) < (int)sizeof neighbour)
      unlink(neighbour);
  rmdir(copy->folder);
}

static sund_code copy_file(sund_ctx *ctx, const char *from, const char *to) {
  char *bytes = sund_alloc(ctx, COPY_BYTES, 1);
  if (!bytes) return SUND_LIMIT;
  FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wbx") : NULL;
  sund_code code = SUND_OK;
  if (!in) code = sund_fail(ctx, SUND_SOURCE, "cannot be read: %s", strerror(errno));
  else if (!out) code = sund_fail(ctx, SUND_OUTPUT, "no private copy can be made (%s): %s", to, strerror(errno));
  while (code == SUND_OK) {
    size_t length = fread(bytes, 1, COPY_BYTES, in);
    if (length == 0) break;
    if (fwrite(bytes, 1, length, out) != length)
      code = sund_fail(ctx, SUND_OUTPUT, "no room for a private copy: %s", strerror(errno));
  }
  if (in && ferror(in)) code = sund_fail(ctx, SUND_SOURCE, "cannot be read: the device gives an error");
  if (out && fclose(out) != 0 && code == SUND_OK) code = sund_fail(ctx, SUND_OUTPUT, "no room for a private copy");
  if (in) fclose(in);
  return code;
}

/* The ending of a name with its point, "" when it has none. */
static const char *ending_of(const char *path) {
  const char *point = strrchr(path, '.');
  return point && !strchr(point, '/') &&
                 strspn(point + 1, "abcdefghijklmnopqrstuvwxyz0123456789") == strlen(point + 1)
             ? point
             : "";
}

sund_code path_private(sund_ctx *ctx, const char *name, const char *const *suffix, const char **path) {
  const char *root = getenv("TMPDIR");
  char *folder = sund_text(ctx, "%s/.sund-XXXXXX", root && *root ? root : "/tmp");
  private_copy *made = sund_alloc(ctx, 1, sizeof *made);
  if (!folder || !made) return SUND_LIMIT;
  char *target = sund_alloc(ctx, strlen(folder) + strlen(name) + 2, 1);
  if (!target) return SUND_LIMIT;
  if (!mkdtemp(folder)) return sund_fail(ctx, SUND_OUTPUT, "no private copy can be made: %s", strerror(errno));
  sprintf(target, "%s/%s", folder, name);
  *made = (private_copy){folder, target, suffix};
  *path = target;
  return sund_defer(ctx, remove_copy, made);
}

sund_code path_copy(sund_ctx *ctx, const char *path, const char *const *suffix, const char **copy) {
  const char *name = sund_text(ctx, "copy%s", ending_of(path)), *target = NULL;
  if (!name) return SUND_LIMIT;
  TRY(path_private(ctx, name, suffix, &target));
  TRY(copy_file(ctx, path, target));
  for (size_t i = 0; suffix[i]; i++) {
    if (!path_beside(ctx, path, suffix[i])) continue;
    const char *from = sund_text(ctx, "%s%s", path, suffix[i]), *to = sund_text(ctx, "%s%s", target, suffix[i]);
    if (!from || !to) return SUND_LIMIT;
    TRY(copy_file(ctx, from, to));
  }
  *copy = target;
  return SUND_OK;
}
