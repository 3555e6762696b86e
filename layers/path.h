/* path.h - what lies at a path before any library opens it. Private to layers/. */
#ifndef SUND_LAYERS_PATH_H
#define SUND_LAYERS_PATH_H

#include <sys/types.h>
#include <time.h>

#include "sund/geo.h"

/* What the first bytes of a file say. */
typedef enum path_content {
  PATH_UNKNOWN,
  PATH_SQLITE,
  PATH_TIFF,
  PATH_VRT,
  PATH_GML,
  PATH_KML,
  PATH_OSM,
  PATH_OSM_PBF,
  PATH_HTML,
  PATH_XML,
  PATH_JSON,
  PATH_FLATGEOBUF,
  PATH_ZIP,
  PATH_GZIP,
  PATH_PICTURE,
  PATH_PDF,
  PATH_NETCDF,
  PATH_CONTENTS
} path_content;

/* A file or folder as it was when it was looked at. */
typedef struct path_facts {
  const char *given;    /* as the user wrote it                                       */
  const char *name;     /* base name, for messages                                    */
  const char *file;     /* the file on disk (of /vsizip/a.zip/b.shp it is a.zip)      */
  const char *inside;   /* path inside the zip, "" = not said; NULL = no zip          */
  bool folder;          /* a file geodatabase                                         */
  path_content content; /* of the file on disk                                        */
  bool wal;             /* an SQLite database in write-ahead mode                     */
  off_t size;           /* bytes                                                      */
  struct timespec changed;
  ino_t inode;
} path_facts;

/* Part of a path after the last slash (a slash at the end is passed over). */
const char *path_base(sund_ctx *ctx, const char *path);
/* The folder it stands in, "." when the path names none. NULL without memory. */
const char *path_folder(sund_ctx *ctx, const char *path);
/* Does `name` end in `ending` (".gdb"), in any case? */
bool path_ends(const char *name, const char *ending);
/* First place of `word` in `text`, ASCII letters in any case; or NULL. */
const char *path_find(const char *text, const char *word);
/* The content in words: "a GeoTIFF", "JSON"; NULL when it is not known. */
const char *path_content_name(path_content content);

/* Looks at a path: local, there, a regular file (or *.gdb) that is not empty. SUND_SOURCE with the nearest name in
 * the folder when it is missing; SUND_USAGE when the path cannot be one. */
sund_code path_look(sund_ctx *ctx, const char *path, path_facts *out);
/* SUND_SOURCE when the file is no longer as it was. */
sund_code path_unchanged(sund_ctx *ctx, const path_facts *facts);

/* Is there a file `path` + `suffix` that is not empty? */
bool path_beside(sund_ctx *ctx, const char *path, const char *suffix);
/* A name in a private folder; the file, its neighbours `name` + suffix[i] (ended by NULL) and the folder are gone with the
 * context. SUND_OUTPUT when no folder can be made. */
sund_code path_private(sund_ctx *ctx, const char *name, const char *const *suffix, const char **path);
/* Copies `path` and those of its neighbours `path` + suffix[i] that exist into a private folder, under a plain name
 * with the same ending, gone with the context. suffix is ended by NULL. SUND_OUTPUT when there is no room. */
sund_code path_copy(sund_ctx *ctx, const char *path, const char *const *suffix, const char **copy);

#endif
