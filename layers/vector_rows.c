/* vector_rows.c - what only all rows together can tell: which of several rows of one id is the newest, and whether
 * the parts of a count add up to it.
 *
 * Registers that keep their history (BBR, GeoDanmark) hand out one row for each time that an object changed. Counts
 * that are protected or rounded (SCB's and Eurostat's grids) have parts that miss the total; the total counts, and
 * the size of the misses is told.
 */
#include <inttypes.h>
#include <math.h>
#include <ogr_api.h>
#include <stdlib.h>
#include <string.h>

#include "vector.h"
#include "word.h"

/* ------------------------------------------------------------------------------------------------------- newest */

typedef struct dated_row {
  const char *id, *stamp;
  size_t row;
} dated_row;

/* By id, newest first, then as read: a total order. */
static int by_id_and_date(const void *a, const void *b) {
  const dated_row *left = a, *right = b;
  int order = strcmp(left->id, right->id);
  if (order == 0) order = strcmp(right->stamp, left->stamp);
  return order != 0 ? order : (left->row > right->row) - (left->row < right->row);
}

static const vector_column *column_named(const vector_reader *r, const char *name) {
  for (size_t i = 0; i < r->columns; i++)
    if (strcmp(r->column[i].field.name, name) == 0) return &r->column[i];
  return NULL;
}

sund_code vector_rows_date(vector_reader *r, OGRFeatureH feature, bool skip) {
  bool known = OGR_F_IsFieldSetAndNotNull(feature, r->stamp_index);
  vector_date *date = sund_grow(r->scratch, r->date, &r->date_room, r->rows + 1, sizeof *date);
  if (!date) return SUND_LIMIT;
  r->date = date;
  date[r->rows].text = known ? sund_text_copy(r->scratch, OGR_F_GetFieldAsString(feature, r->stamp_index)) : "";
  date[r->rows].skip = skip;
  return date[r->rows].text ? SUND_OK : SUND_LIMIT;
}

/* Rows of one feature stand together: the feature is left out once. What is the newest may still be of no use. */
static void leave_out(vector_reader *r, uint8_t *keep) {
  for (size_t i = 0; i < r->rows; i++) {
    bool older = !keep[i];
    if (r->date[i].skip) keep[i] = 0;
    if (keep[i] || (i > 0 && r->feature[i - 1] == r->feature[i])) continue;
    r->rejected++;
    vector_count(r, older ? VECTOR_OLDER : VECTOR_SKIPPED, r->feature[i]);
  }
}

sund_code vector_rows_newest(vector_reader *r, uint8_t *keep) {
  if (!r->source->latest) return SUND_OK;
  const vector_column *ids = column_named(r, "id");
  if (!ids || ids->field.type != SUND_TEXT || ids->index == VECTOR_NO_FIELD)
    return sund_fail(r->scratch, SUND_SOURCE, "latest %s needs ids: map the column id to a field",
                     word_shown(r->scratch, r->source->latest));
  dated_row *dated = sund_alloc(r->scratch, r->rows, sizeof *dated);
  if (!dated) return SUND_LIMIT;
  size_t count = 0;
  for (size_t i = 0; i < r->rows; i++)
    if (ids->text[i]) dated[count++] = (dated_row){ids->text[i], r->date[i].text, i};
  qsort(dated, count, sizeof *dated, by_id_and_date);
  for (size_t i = 1, newest = 0; i < count; i++) {
    if (strcmp(dated[i].id, dated[newest].id) != 0) newest = i;
    else if (strcmp(dated[i].stamp, dated[newest].stamp) != 0) keep[dated[i].row] = 0;
  }
  leave_out(r, keep);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- parts */

enum { PARTS = 24 }; /* most parts of a count */

/* The columns that add up to persons; their number, or 0 when one of them is not there. */
static size_t find_parts(const vector_reader *r, const vector_column *part[PARTS]) {
  if (r->source->parts > PARTS) return 0;
  for (size_t i = 0; i < r->source->parts; i++) {
    part[i] = column_named(r, r->source->part[i]);
    if (!part[i] || part[i]->index == VECTOR_NO_FIELD || !part[i]->real) return 0;
  }
  return r->source->parts;
}

sund_code vector_rows_parts(vector_reader *r, const uint8_t *keep, const char **finding) {
  const vector_column *part[PARTS], *persons = column_named(r, "persons");
  size_t parts = find_parts(r, part), rows = 0, differing = 0;
  double missed = 0, most = 0, all = 0;
  *finding = NULL;
  if (parts == 0 || !persons || !persons->real) return SUND_OK;
  for (size_t i = 0; i < r->rows; i++) {
    double sum = 0;
    for (size_t k = 0; k < parts; k++) sum += part[k]->real[i];
    double miss = fabs(sum - persons->real[i]);
    if (!keep[i] || isnan(miss)) continue;
    rows++;
    all += persons->real[i];
    missed += miss;
    most = fmax(most, miss);
    differing += miss > 0;
  }
  if (differing == 0) return SUND_OK;
  const char *names = word_list(r->scratch, parts, r->source->part);
  if (!*names) return SUND_LIMIT;
  *finding =
      sund_text(r->ctx,
                "%s do not add up to persons in %zu of %zu rows: %g of %g persons in all, at most %g in a row; "
                "such counts are rounded or protected, persons is used as it stands",
                names, differing, rows, missed, all, most);
  return *finding ? SUND_OK : SUND_LIMIT;
}
