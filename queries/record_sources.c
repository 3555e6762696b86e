/* record_sources.c - the table `sources`: what was read, from where, and what was done to its coordinates and heights.
 *
 * A query that moves levels from one height system to another says so in a note (sund_results_heights). The note is told
 * in the rows of the sources it is about, and in a row of its own when there is none.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "record.h"

#define T(name, da, sv, en) \
  { name, SUND_TEXT, NULL, {da, sv, en}, NULL }
#define R(name, unit, da, sv, en) \
  { name, SUND_REAL, unit, {da, sv, en}, NULL }
#define I(name, da, sv, en) \
  { name, SUND_INT, NULL, {da, sv, en}, NULL }

static const sund_field source_fields[] = {
    T("role", "rolle", "roll", "role"),
    T("path", "fil", "fil", "file"),
    T("layer", "lag", "lager", "layer"),
    T("driver", "format", "format", "format"),
    I("features_read", "læste objekter", "lästa objekt", "features read"),
    I("features_used", "brugte objekter", "använda objekt", "features used"),
    I("features_rejected", "afviste objekter", "avvisade objekt", "features rejected"),
    T("crs", "koordinatsystem", "koordinatsystem", "coordinate system"),
    T("operation", "transformation", "transformation", "operation"),
    R("accuracy_m", "m", "transformationens nøjagtighed", "transformationens noggrannhet",
      "accuracy of the operation"),
    T("heights", "højdesystem", "höjdsystem", "height system"),
    T("heights_operation", "højdetransformation", "höjdtransformation", "height operation"),
    T("profile", "profil", "profil", "profile"),
    T("mapping", "felter og koder", "fält och koder", "fields and codes"),
    T("filter", "filter", "filter", "filter"),
    T("hash_sha256", "SHA-256", "SHA-256", "SHA-256"),
    T("licence", "licens", "licens", "licence"),
    T("date", "dato", "datum", "date"),
};
enum {
  SRC_ROLE,
  SRC_PATH,
  SRC_LAYER,
  SRC_DRIVER,
  SRC_READ,
  SRC_USED,
  SRC_REJECTED,
  SRC_CRS,
  SRC_OPERATION,
  SRC_ACCURACY,
  SRC_HEIGHTS,
  SRC_HEIGHTS_OPERATION,
  SRC_PROFILE,
  SRC_MAPPING,
  SRC_FILTER,
  SRC_HASH,
  SRC_LICENCE,
  SRC_DATE,
  SOURCE_FIELDS
};
_Static_assert(SOURCE_FIELDS == sizeof source_fields / sizeof *source_fields, "a column without a name");

/* "persons <- T; country = DK; kind: Hede -> meadow; as cells" */
static const char *mapping_text(sund_ctx *ctx, const sund_source *s) {
  const char *text = "";
  for (size_t i = 0; text && i < s->fields; i++)
    text = sund_text(ctx, "%s%s%s <- %s", text, *text ? "; " : "", s->field[i].key, s->field[i].value);
  for (size_t i = 0; text && i < s->sets; i++)
    text = sund_text(ctx, "%s%s%s = %s", text, *text ? "; " : "", s->set[i].key, s->set[i].value);
  for (size_t i = 0; text && i < s->recodes; i++)
    text = sund_text(ctx, "%s%s%s: %s -> %s", text, *text ? "; " : "", s->recode[i].column, s->recode[i].from,
                     s->recode[i].to);
  if (text && s->as) text = sund_text(ctx, "%s%sas %s", text, *text ? "; " : "", s->as);
  return text;
}

/* ------------------------------------------------------------------------------------------------------------ notes */

/* What is told of the heights of each row. */
typedef struct heights_told {
  const char **operation; /* rows: NULL = nothing */
  double *accuracy_m;     /* rows                 */
  size_t own;             /* rows behind those of the sources */
  const sund_reading **note;
} heights_told;

static bool same_text(const char *a, const char *b) {
  return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Is the note about this source? By role and name; of a terrain of several files also the others, which lie in the same
 * systems. */
static bool is_about(const sources *s, size_t i, const sund_reading *note) {
  if (s->source[i].role != note->role) return false;
  const char *own = s->reading[i].heights;
  if (own && note->heights && strcasecmp(own, note->heights) != 0) return false;
  if (strcmp(sund_base_name(s->source[i].path), sund_base_name(note->path)) == 0) return true;
  if (note->role != SUND_TERRAIN) return false;
  for (size_t k = 0; k < s->count; k++)
    if (s->source[k].role == SUND_TERRAIN && same_text(s->reading[k].crs, s->reading[i].crs) &&
        strcmp(sund_base_name(s->source[k].path), sund_base_name(note->path)) == 0)
      return true;
  return false;
}

/* Adds an operation to those of a row, unless it is told already. */
static sund_code tell(sund_ctx *ctx, heights_told *told, size_t row, const sund_reading *note) {
  const char *before = told->operation[row];
  if (!note->heights_operation || !*note->heights_operation) return SUND_OK;
  if (before && strstr(before, note->heights_operation)) return SUND_OK;
  told->operation[row] = sund_text(ctx, "%s%s%s", before ? before : "", before ? "; " : "", note->heights_operation);
  told->accuracy_m[row] = fmax(told->accuracy_m[row], note->accuracy_m);
  return told->operation[row] ? SUND_OK : SUND_LIMIT;
}

/* A row of its own, once for what several queries say alike. */
static void add_own(heights_told *told, const sund_reading *note) {
  for (size_t k = 0; k < told->own; k++)
    if (told->note[k]->role == note->role && same_text(told->note[k]->path, note->path) &&
        same_text(told->note[k]->heights_operation, note->heights_operation))
      return;
  told->note[told->own++] = note;
}

static sund_code gather_notes(sund_ctx *ctx, const record_input *in, heights_told *out) {
  const sources *s = in->sources;
  size_t notes = 0;
  for (size_t q = 0; q < in->queries; q++) notes += in->results[q].notes;
  out->operation = sund_alloc(ctx, s->count, sizeof *out->operation);
  out->accuracy_m = sund_alloc(ctx, s->count, sizeof *out->accuracy_m);
  out->note = sund_alloc(ctx, notes, sizeof *out->note);
  if (!out->operation || !out->accuracy_m || !out->note) return SUND_LIMIT;
  for (size_t i = 0; i < s->count; i++) out->operation[i] = s->reading[i].heights_operation;
  for (size_t q = 0; q < in->queries; q++)
    for (size_t n = 0; n < in->results[q].notes; n++) {
      const sund_reading *note = &in->results[q].note[n];
      bool placed = false;
      for (size_t i = 0; i < s->count; i++) {
        if (!is_about(s, i, note)) continue;
        TRY(tell(ctx, out, i, note));
        placed = true;
      }
      if (!placed) add_own(out, note);
    }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ table */

/* r NULL: nothing was read for it. */
static void put_row(sund_table *table, size_t row, const char *const text[], const sund_reading *r,
                    double accuracy_m) {
  int64_t integer[SOURCE_FIELDS] = {0};
  integer[SRC_READ] = r ? r->read : SUND_NULL_INT;
  integer[SRC_USED] = r ? r->used : SUND_NULL_INT;
  integer[SRC_REJECTED] = r ? r->rejected : SUND_NULL_INT;
  for (size_t c = 0; c < SOURCE_FIELDS; c++)
    if (table->column[c].text) table->column[c].text[row] = text[c];
    else if (table->column[c].integer) table->column[c].integer[row] = integer[c];
    else table->column[c].real[row] = accuracy_m;
}

static sund_code put_source(sund_ctx *ctx, const sources *s, size_t i, const heights_told *told, sund_table *table) {
  const sund_reading *r = &s->reading[i];
  const char *mapping = mapping_text(ctx, &s->source[i]);
  if (!mapping) return SUND_LIMIT;
  const char *text[SOURCE_FIELDS] = {[SRC_ROLE] = sund_role_of(s->source[i].role)->name,
                                     [SRC_PATH] = s->source[i].text,
                                     [SRC_LAYER] = r->layer,
                                     [SRC_DRIVER] = r->driver,
                                     [SRC_CRS] = r->crs,
                                     [SRC_OPERATION] = r->operation,
                                     [SRC_HEIGHTS] = r->heights,
                                     [SRC_HEIGHTS_OPERATION] = told->operation[i],
                                     [SRC_PROFILE] = s->source[i].profile,
                                     [SRC_MAPPING] = *mapping ? mapping : NULL,
                                     [SRC_FILTER] = s->source[i].where,
                                     [SRC_HASH] = r->hash,
                                     [SRC_LICENCE] = r->licence,
                                     [SRC_DATE] = r->date};
  bool moved = r->operation && *r->operation; /* else the accuracy of the heights is the only one */
  put_row(table, i, text, r, moved || !told->operation[i] ? r->accuracy_m : told->accuracy_m[i]);
  return SUND_OK;
}

sund_code record_sources(sund_ctx *ctx, const record_input *in, sund_table **out) {
  const sources *s = in->sources;
  heights_told told = {0};
  sund_table *table;
  TRY(gather_notes(ctx, in, &told));
  TRY(sund_table_new(ctx, "sources", SUND_NONE, s->count + told.own, source_fields, SOURCE_FIELDS, &table));
  for (size_t i = 0; i < s->count; i++) TRY(put_source(ctx, s, i, &told, table));
  for (size_t k = 0; k < told.own; k++) {
    const sund_reading *note = told.note[k];
    const char *text[SOURCE_FIELDS] = {[SRC_ROLE] = sund_role_of(note->role)->name,
                                       [SRC_PATH] = note->path,
                                       [SRC_HEIGHTS] = note->heights,
                                       [SRC_HEIGHTS_OPERATION] = note->heights_operation};
    put_row(table, s->count + k, text, NULL, note->accuracy_m);
  }
  *out = table;
  return SUND_OK;
}
