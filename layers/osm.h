/* osm.h - an OpenStreetMap file as it is: nodes, ways, relations with their ids, tags and roles. Private to layers/.
 *
 * .osm.pbf (blobs are independent zlib blocks, read by several threads) and .osm (XML); .osm.gz is unpacked by the guard.
 * Two passes: ways and relations that are wanted first, then the nodes they use and those that are wanted for themselves.
 */
#ifndef SUND_LAYERS_OSM_H
#define SUND_LAYERS_OSM_H

#include "sund/layers.h"

/* Key and value, as texts of the file's pool. */
typedef struct osm_tag {
  const char *key, *value;
} osm_tag;
typedef struct osm_tags {
  size_t count;
  const osm_tag *tag;
} osm_tags;
/* The value of a key, or NULL. */
const char *osm_value(osm_tags tags, const char *key);

/* Is it such a file, packed (.osm.gz) or not? Not looked for inside zip archives. */
struct path_facts;
bool osm_is_file(const struct path_facts *facts);

/* What is kept: things with at least one of these keys, or "key=value" pairs, "*" = any tag; lists ended by NULL, NULL =
 * none. */
typedef struct osm_want {
  const char *const *nodes, *const *ways, *const *relations;
  bool members; /* ways that are members of a kept relation are kept too, whatever their tags */
} osm_want;

typedef enum osm_kind { OSM_NODE, OSM_WAY, OSM_RELATION } osm_kind;
typedef struct osm_member {
  osm_kind kind;
  int64_t id;
  const char *role; /* "outer", "from" ...; "" = none */
} osm_member;

typedef struct osm_file {
  const char *name; /* base name                                                         */
  size_t nodes;     /* rising by id, each once                                           */
  int64_t *node_id;
  double *lon, *lat;   /* degrees                                                           */
  osm_tags *node_tags; /* nodes: of those wanted for themselves, else count 0; NULL = none wanted */
  size_t ways;         /* rising by id                                                      */
  int64_t *way_id;
  size_t *first_ref; /* ways + 1                                                          */
  uint32_t *ref;     /* node, UINT32_MAX = not in the file (an extract cuts ways)         */
  osm_tags *way_tags;
  size_t relations; /* rising by id                                                      */
  int64_t *relation_id;
  size_t *first_member; /* relations + 1                                                   */
  osm_member *member;
  osm_tags *relation_tags;
  double box[4];    /* as stated, degrees west, south, east, north; box[0] > box[2] = not stated */
  const char *date; /* "2023-02-21" when the file states it, or NULL                     */
  int64_t all_nodes, all_ways, all_relations; /* in the file                               */
  size_t lost;                                /* refs of kept ways to nodes that are not in the file               */
} osm_file;

/* Reads the file. SUND_SOURCE when it is damaged (blob, offset), uses a feature that is not known, or ends early. Of an
 * id that comes twice the last that is wanted counts. Same answer for any number of threads. */
sund_code osm_read(sund_ctx *ctx, const char *path, const osm_want *want, osm_file **out);
/* Where the file says it is, without reading it whole; where it does not say so, or names a good part of the globe, its
 * nodes are asked. box[0] > box[2] when there is none. */
sund_code osm_extent(sund_ctx *ctx, const char *path, double box[4]);
/* The row of an id, SIZE_MAX = none. */
size_t osm_find_node(const osm_file *file, int64_t id);
size_t osm_find_way(const osm_file *file, int64_t id);

/* Closed rings of a multipolygon relation or of a closed way, as one row of areas in degrees: members joined end to end,
 * holes to their outer ring. *ok false when they do not close or are cut off, and then *out is left alone. osm_rings.c. */
sund_code osm_area_of_relation(sund_ctx *ctx, const osm_file *file, size_t relation, sund_shapes **out, bool *ok);
sund_code osm_area_of_way(sund_ctx *ctx, const osm_file *file, size_t way, sund_shapes **out, bool *ok);

/* Land from natural=coastline (land lies on the left): closed rings are islands, open chains are closed along the box of
 * the extract. Lines in degrees; box west, south, east, north. SUND_DATA with a place when a chain ends inside the box, for
 * then nobody knows where land is. osm_coast.c. */
sund_code osm_land(sund_ctx *ctx, const sund_shapes *coast, const double box[4], sund_shapes **out);

/* SUND_USAGE when a source says what cannot be done with such a file: `where` for land, `where`, `fields` and `codes` for
 * paths and gates, `as`. */
sund_code osm_refuse(sund_ctx *ctx, const sund_source *source);
/* Paths or gates of an OpenStreetMap file as a table in the frame's CRS. osm_table.c; made in osm_paths.c and
 * osm_ferries.c. The other roles are features: vector_osm.c. */
sund_code osm_table(sund_ctx *ctx, const sund_source *source, const sund_frame *frame, sund_table **out,
                    sund_reading *reading, sund_findings *findings);
sund_code osm_paths(sund_ctx *ctx, const osm_file *file, const sund_source *source, const sund_frame *frame,
                    sund_table **out, sund_reading *reading, sund_findings *findings);

#endif
