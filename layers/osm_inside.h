/* osm_inside.h - what the files layers/osm_*.c that read an OpenStreetMap file share.
 *
 * A file is gone through two or three times: what is wanted (osm_want.c says what that is), the member ways of relations
 * that are kept, the coordinates of the nodes in use. osm_read.c says what a pass is to take; osm_pbf.c or osm_xml.c goes
 * through the file and puts what is taken into parts, one a few blobs; osm_merge.c makes the file's arrays out of them.
 */
#ifndef SUND_LAYERS_OSM_INSIDE_H
#define SUND_LAYERS_OSM_INSIDE_H

#include "osm.h"
#include "path.h"

enum { OSM_KINDS = 3 }; /* nodes, ways, relations, as in osm_kind */

/* What a pass takes. */
enum {
  OSM_TAKE_NODES = 1 << OSM_NODE, /* that are wanted for themselves */
  OSM_TAKE_WAYS = 1 << OSM_WAY,
  OSM_TAKE_RELATIONS = 1 << OSM_RELATION,
  OSM_TAKE_PLACES = 8,  /* coordinates of osm_reader.node     */
  OSM_TAKE_COUNTS = 16, /* the first pass: things are counted */
  OSM_TAKE_BOX = 32,    /* of all nodes: osm_part.box         */
  OSM_TAKE_HEAD = 64    /* nothing but what the file says of itself */
};

/* ------------------------------------------------------------------------------------------------ osm_want.c */

/* A wanted key, and the value it must have (NULL = any). */
typedef struct osm_wanted {
  const char *key, *value;
  size_t key_length, value_length;
} osm_wanted;

typedef struct osm_matcher {
  size_t count;
  osm_wanted *wanted;
  uint64_t lengths; /* bit k: a wanted key has k bytes (63: or more) */
  bool any;         /* "*": every tag is wanted                      */
} osm_matcher;

/* list: as in osm_want, may be NULL. */
sund_code osm_matcher_open(sund_ctx *ctx, const char *const *list, osm_matcher *out);
/* Could a tag with this key be wanted? Then osm_matcher_fits tells. */
bool osm_matcher_key(const osm_matcher *matcher, const char *key, size_t length);
bool osm_matcher_fits(const osm_matcher *matcher, const char *key, size_t key_length, const char *value,
                      size_t value_length);

/* ------------------------------------------------------------------------------------------------ osm_part.c */

/* Things of one kind. Row r has tags first_tag[r] .. and items (refs of ways, members of relations) first_item[r] ..,
 * each up to where the next row or the array ends. */
typedef struct osm_list {
  size_t rows, row_room, tags, tag_room;
  struct osm_row *row;
  struct osm_text_tag *tag;
} osm_list;
typedef struct osm_row {
  int64_t id;
  size_t first_tag, first_item;
} osm_row;

/* Texts are places in osm_part.text. */
typedef struct osm_text_tag {
  size_t key, value;
} osm_text_tag;
typedef struct osm_item {
  int64_t id;
  osm_kind kind;
  size_t role;
} osm_item;

/* What was taken from some blobs, or from an XML file as a whole. */
typedef struct osm_part {
  sund_ctx *ctx;
  osm_list list[OSM_KINDS];
  size_t items, item_room, refs, ref_room, length, text_room;
  int64_t *ref;   /* of ways      */
  osm_item *item; /* of relations */
  char *text;     /* length bytes */
  char *kept;     /* the same, in memory that stays; NULL before merging */
  int64_t all[OSM_KINDS];
  double box[4]; /* of the nodes, degrees; OSM_TAKE_BOX */
  bool boxed;    /* there is one                        */
  /* Of the nodes: the first, smallest, largest and last id; do they rise? */
  int64_t first, low, high, last;
  bool falling;
} osm_part;

/* Begins a thing: its tags and items are added next. */
sund_code osm_part_begin(osm_part *part, osm_kind kind, int64_t id);
/* Copies a text of `length` bytes; SUND_SOURCE when it is not UTF-8. */
sund_code osm_part_text(osm_part *part, const char *text, size_t length, size_t *out);
sund_code osm_part_tag(osm_part *part, osm_kind kind, size_t key, size_t value);
/* Room for `count` refs of the way begun last; they are the caller's to fill. */
sund_code osm_part_refs(osm_part *part, size_t count, int64_t **out);
sund_code osm_part_item(osm_part *part, osm_item item);
/* Counts a node that went by. */
void osm_part_node(osm_part *part, int64_t id);
/* Grows the box to a node. */
void osm_part_place(osm_part *part, double lon, double lat);

/* ------------------------------------------------------------------------------------------------ osm_read.c */

/* A packed file is unpacked into a private folder, gone with the context; *facts is that of the file to read then. */
sund_code osm_unpack(sund_ctx *ctx, path_facts *facts);

/* A blob of a .osm.pbf file. */
typedef struct osm_blob {
  uint64_t at;    /* byte of the Blob message         */
  uint64_t begin; /* byte where what names it begins  */
  uint32_t size;
  uint32_t number; /* from 1, among all of the file    */
} osm_blob;

typedef struct osm_reader {
  sund_ctx *ctx;     /* the caller's: what stays           */
  sund_ctx *scratch; /* gone when the file is read         */
  const char *path;  /* unpacked                           */
  const osm_want *want;
  osm_file *file;
  osm_matcher match[OSM_KINDS];
  unsigned take; /* of the pass                        */
  size_t parts;
  osm_part *part;
  size_t members; /* ways that are members of a kept relation, rising */
  int64_t *member;
  size_t nodes; /* whose coordinates are asked for, rising            */
  int64_t *node;
  uint8_t *found; /* nodes */
  double *lon, *lat;
  bool ordered; /* node ids rise all through the file, each once       */
  /* .osm.pbf */
  int handle;
  uint64_t size; /* bytes                                        */
  size_t blobs, blobs_a_part;
  osm_blob *blob;
  bool placed; /* coordinates stand on ways, and nodes may lack */
} osm_reader;

/* Is the way wanted as a member? */
bool osm_reader_member(const osm_reader *r, int64_t way);
/* The row of a node whose coordinates are asked for, SIZE_MAX = not asked for. *hint: where the last one was; fast when
 * the next one is not far. */
size_t osm_reader_row(const osm_reader *r, int64_t id, size_t *hint);
/* Are coordinates on the globe? SUND_SOURCE when not. */
sund_code osm_reader_check(sund_ctx *ctx, int64_t id, double lon, double lat);
/* Checks and notes those of a node. */
sund_code osm_reader_place(sund_ctx *ctx, osm_reader *r, size_t row, double lon, double lat);

/* ------------------------------------------------------------------------------------- osm_pbf.c, osm_xml.c */

/* Finds the parts of the file. The head (box, date) is read here or in the first pass. */
sund_code osm_pbf_open(osm_reader *r);
sund_code osm_xml_open(osm_reader *r);
/* One pass through the file: fills the parts with what r->take says. */
sund_code osm_pbf_pass(osm_reader *r);
sund_code osm_xml_pass(osm_reader *r);

/* ----------------------------------------------------------------------------------------------- osm_merge.c */

/* Rising order, each value once; returns how many. Both arrays have room for n; the result is in *value. */
size_t osm_sort_unique(size_t n, int64_t **value, int64_t *other);
/* Ways and relations of all parts, by id, the last of equal ids; refs are still ids (*ref). */
sund_code osm_merge_things(osm_reader *r, int64_t **ref);
/* Nodes wanted for themselves and refs together: which coordinates are needed. */
sund_code osm_merge_needed(osm_reader *r, const int64_t *ref);
/* Nodes that were found, their tags, and refs as rows of nodes. */
sund_code osm_merge_nodes(osm_reader *r, const int64_t *ref);

#endif
