/* osm_xml.c - an OpenStreetMap file in XML (wiki.openstreetmap.org/wiki/OSM_XML).
 *
 * Expat hands out elements as they come. Whether a thing is wanted is only known at its end, so its tags and members are
 * gathered aside until then. Things that an editor marked as deleted are passed over.
 */
#include <errno.h>
#include <expat.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osm_inside.h"

enum { CHUNK_BYTES = 1 << 16 };

/* The thing being read. Its texts, tags and members wait in `aside`, whose lists are emptied for the next one. */
typedef struct xml_reader {
  osm_reader *r;
  osm_part *part;
  XML_Parser parser;
  osm_part aside;
  int depth;
  int inside; /* an osm_kind; -1 = no thing, or one that is passed over */
  int64_t id;
  bool hit, enough;
  size_t hint;
} xml_reader;

static const char *const kinds[OSM_KINDS] = {"node", "way", "relation"};

/* ------------------------------------------------------------------------------------------------------- attributes */

static const char *attribute(const char **list, const char *name) {
  for (; list[0]; list += 2)
    if (strcmp(list[0], name) == 0) return list[1];
  return NULL;
}

static sund_code fail_here(xml_reader *x, const char *what) {
  return sund_fail(x->r->scratch, SUND_SOURCE, "line %lu: %s", (unsigned long)XML_GetCurrentLineNumber(x->parser),
                   what);
}

static sund_code read_id(xml_reader *x, const char **list, const char *name, int64_t *out) {
  const char *text = attribute(list, name);
  char *end = NULL;
  errno = 0;
  long long value = text ? strtoll(text, &end, 10) : 0;
  if (!text || end == text || *end != '\0' || errno != 0)
    return fail_here(x, text ? "an id that is no whole number" : "an element without its id");
  *out = value;
  return SUND_OK;
}

/* A short decimal number is a quotient of two whole ones that doubles hold, so its nearest double is that quotient. */
static bool read_degrees(const char **list, const char *name, double *out) {
  static const double power[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
  const char *text = attribute(list, name), *at = text;
  int64_t whole = 0;
  size_t digits = 0, places = 0;
  if (!text) return false;
  at += *at == '-';
  for (; *at >= '0' && *at <= '9' && digits < 15; at++, digits++) whole = whole * 10 + (*at - '0');
  if (digits > 0 && *at == '.')
    for (at++; *at >= '0' && *at <= '9' && digits < 15; at++, digits++, places++) whole = whole * 10 + (*at - '0');
  if (digits == 0 || *at || places >= sizeof power / sizeof *power) return sund_number_read(text, out);
  *out = (double)(*text == '-' ? -whole : whole) / power[places];
  return true;
}

static sund_code read_date(xml_reader *x, const char *text) {
  static const char shape[] = "0000-00-00";
  if (!text || x->r->file->date) return SUND_OK;
  for (size_t i = 0; shape[i]; i++) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == '0' ? !digit : text[i] != shape[i]) return SUND_OK;
  }
  x->r->file->date = sund_text(x->r->ctx, "%.10s", text);
  return x->r->file->date ? SUND_OK : SUND_LIMIT;
}

static void read_box(xml_reader *x, const char **list) {
  double box[4];
  if (!read_degrees(list, "minlon", &box[0]) || !read_degrees(list, "minlat", &box[1]) ||
      !read_degrees(list, "maxlon", &box[2]) || !read_degrees(list, "maxlat", &box[3]))
    return;
  bool right =
      box[0] >= -180 && box[0] <= box[2] && box[2] <= 180 && box[1] >= -90 && box[1] <= box[3] && box[3] <= 90;
  if (right) memcpy(x->r->file->box, box, sizeof box);
}

/* ---------------------------------------------------------------------------------------------------------- things */

static bool deleted(const char **list) {
  const char *visible = attribute(list, "visible"), *action = attribute(list, "action");
  return (visible && strcmp(visible, "false") == 0) || (action && strcmp(action, "delete") == 0);
}

static sund_code begin_node(xml_reader *x, const char **list) {
  osm_reader *r = x->r;
  double lon = NAN, lat = NAN;
  if (r->take & OSM_TAKE_COUNTS) osm_part_node(x->part, x->id);
  bool box = r->take & OSM_TAKE_BOX;
  if (!box && !(r->take & OSM_TAKE_PLACES)) return SUND_OK;
  size_t row = box ? 0 : osm_reader_row(r, x->id, &x->hint);
  if (row == SIZE_MAX) return SUND_OK;
  if (!read_degrees(list, "lon", &lon) || !read_degrees(list, "lat", &lat))
    return fail_here(x, "a node without lat or lon");
  if (!box) return osm_reader_place(r->scratch, r, row, lon, lat);
  osm_part_place(x->part, lon, lat);
  return osm_reader_check(r->scratch, x->id, lon, lat);
}

static sund_code begin_thing(xml_reader *x, int kind, const char **list) {
  osm_part *aside = &x->aside;
  TRY(read_id(x, list, "id", &x->id));
  if (deleted(list)) return SUND_OK;
  if (x->r->take & OSM_TAKE_COUNTS && kind != OSM_NODE) x->part->all[kind]++;
  x->inside = kind;
  x->hit = kind == OSM_WAY && osm_reader_member(x->r, x->id);
  for (int k = 0; k < OSM_KINDS; k++) aside->list[k].rows = aside->list[k].tags = 0;
  aside->items = aside->refs = aside->length = 0;
  return kind == OSM_NODE ? begin_node(x, list) : SUND_OK;
}

static sund_code add_tag(xml_reader *x, const char **list) {
  const char *key = attribute(list, "k"), *value = attribute(list, "v");
  size_t k = 0, v = 0;
  if (!key || !value) return fail_here(x, "a tag without k or v");
  if (!x->hit) x->hit = osm_matcher_fits(&x->r->match[x->inside], key, strlen(key), value, strlen(value));
  TRY(osm_part_text(&x->aside, key, strlen(key), &k));
  TRY(osm_part_text(&x->aside, value, strlen(value), &v));
  return osm_part_tag(&x->aside, (osm_kind)x->inside, k, v);
}

static sund_code add_ref(xml_reader *x, const char **list) {
  int64_t *ref = NULL;
  TRY(osm_part_refs(&x->aside, 1, &ref));
  return read_id(x, list, "ref", ref);
}

static sund_code add_member(xml_reader *x, const char **list) {
  const char *type = attribute(list, "type"), *role = attribute(list, "role");
  osm_item item = {0};
  int kind = 0;
  while (kind < OSM_KINDS && !(type && strcmp(type, kinds[kind]) == 0)) kind++;
  if (kind == OSM_KINDS) return fail_here(x, "a member of a kind that is not known");
  item.kind = (osm_kind)kind;
  TRY(read_id(x, list, "ref", &item.id));
  TRY(osm_part_text(&x->aside, role ? role : "", role ? strlen(role) : 0, &item.role));
  return osm_part_item(&x->aside, item);
}

/* What was gathered moves to the part; its texts go along as one piece. */
static sund_code keep_thing(xml_reader *x) {
  osm_part *aside = &x->aside, *part = x->part;
  osm_kind kind = (osm_kind)x->inside;
  size_t base = part->length;
  char *text = sund_grow(part->ctx, part->text, &part->text_room, base + aside->length, 1);
  if (!text) return SUND_LIMIT;
  part->text = text;
  if (aside->length > 0) memcpy(text + base, aside->text, aside->length);
  part->length += aside->length;
  TRY(osm_part_begin(part, kind, x->id));
  for (size_t i = 0; i < aside->list[kind].tags; i++) {
    const osm_text_tag *tag = &aside->list[kind].tag[i];
    TRY(osm_part_tag(part, kind, base + tag->key, base + tag->value));
  }
  for (size_t i = 0; i < aside->items; i++) {
    osm_item item = aside->item[i];
    item.role += base;
    TRY(osm_part_item(part, item));
  }
  int64_t *ref = NULL;
  TRY(osm_part_refs(part, aside->refs, &ref));
  if (aside->refs > 0) memcpy(ref, aside->ref, aside->refs * sizeof *ref);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- elements */

static bool is_thing(const char *name) {
  for (int kind = 0; kind < OSM_KINDS; kind++)
    if (strcmp(name, kinds[kind]) == 0) return true;
  return false;
}

static sund_code take_element(xml_reader *x, const char *name, const char **list) {
  if (x->depth == 1) {
    if (strcmp(name, "osm") != 0) return fail_here(x, "the file is no <osm>, so none of the state of a day");
    return read_date(x, attribute(list, "osmosis_replication_timestamp"));
  }
  if (x->depth == 2) {
    for (int kind = 0; kind < OSM_KINDS; kind++)
      if (strcmp(name, kinds[kind]) == 0) return begin_thing(x, kind, list);
    if (strcmp(name, "bounds") == 0) read_box(x, list);
    return strcmp(name, "meta") == 0 ? read_date(x, attribute(list, "osm_base")) : SUND_OK;
  }
  /* Only what the pass may take is gathered. */
  if (x->depth != 3 || x->inside < 0 || !(x->r->take >> x->inside & 1)) return SUND_OK;
  if (strcmp(name, "tag") == 0) return add_tag(x, list);
  if (x->inside == OSM_WAY && strcmp(name, "nd") == 0) return add_ref(x, list);
  if (x->inside == OSM_RELATION && strcmp(name, "member") == 0) return add_member(x, list);
  return SUND_OK;
}

static void XMLCALL on_start(void *data, const char *name, const char **list) {
  xml_reader *x = data;
  x->depth++;
  /* The head ends where the first thing begins. */
  x->enough = x->r->take & OSM_TAKE_HEAD && x->depth == 2 && is_thing(name);
  if (x->enough || take_element(x, name, list) != SUND_OK) XML_StopParser(x->parser, XML_FALSE);
}

static void XMLCALL on_end(void *data, const char *name) {
  (void)name;
  xml_reader *x = data;
  if (x->depth-- != 2 || x->inside < 0) return;
  bool keep = x->hit && (x->r->take >> x->inside & 1);
  if (keep && keep_thing(x) != SUND_OK) XML_StopParser(x->parser, XML_FALSE);
  x->inside = -1;
}

static void XMLCALL on_doctype(void *data, const char *name, const char *system, const char *public, int internal) {
  (void)name, (void)system, (void)public, (void)internal;
  xml_reader *x = data;
  fail_here(x, "XML with a DOCTYPE is not read");
  XML_StopParser(x->parser, XML_FALSE);
}

/* ------------------------------------------------------------------------------------------------------------ pass */

static void free_parser(void *data) {
  XML_ParserFree(data);
}

static sund_code parse(sund_ctx *ctx, xml_reader *x, FILE *file) {
  x->parser = XML_ParserCreate(NULL);
  if (!x->parser) return sund_fail(ctx, SUND_LIMIT, "out of memory");
  TRY(sund_defer(ctx, free_parser, x->parser));
  XML_SetUserData(x->parser, x);
  XML_SetElementHandler(x->parser, on_start, on_end);
  XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
  for (bool more = true; more;) {
    void *bytes = XML_GetBuffer(x->parser, CHUNK_BYTES);
    if (!bytes) return sund_fail(ctx, SUND_LIMIT, "out of memory");
    size_t length = fread(bytes, 1, CHUNK_BYTES, file);
    if (ferror(file)) return sund_fail(ctx, SUND_SOURCE, "cannot be read: the device gives an error");
    more = length > 0;
    if (XML_ParseBuffer(x->parser, (int)length, !more) == XML_STATUS_OK) continue;
    if (x->enough) return SUND_OK;
    enum XML_Error error = XML_GetErrorCode(x->parser);
    if (error != XML_ERROR_ABORTED && error != XML_ERROR_NO_MEMORY) return fail_here(x, XML_ErrorString(error));
    /* A failure noted by a handler stands before this one. */
    sund_ctx_pass(x->r->scratch, x->part->ctx);
    sund_ctx_pass(x->r->scratch, ctx);
    return sund_fail(x->r->scratch, SUND_LIMIT, "out of memory");
  }
  return SUND_OK;
}

sund_code osm_xml_open(osm_reader *r) {
  r->parts = 1;
  return SUND_OK;
}

sund_code osm_xml_pass(osm_reader *r) {
  FILE *file = fopen(r->path, "rb");
  if (!file) return sund_fail(r->scratch, SUND_SOURCE, "cannot be read: %s", strerror(errno));
  sund_ctx *inner = sund_ctx_child(r->scratch);
  sund_code code = SUND_LIMIT;
  if (inner) {
    xml_reader x = {.r = r, .part = &r->part[0], .aside = {.ctx = inner}, .inside = -1};
    code = parse(inner, &x, file);
    if (code != SUND_OK) sund_ctx_pass(r->scratch, inner);
  }
  sund_ctx_free(inner);
  fclose(file);
  return code;
}
