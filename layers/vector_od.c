/* vector_od.c - what only the role `od` needs, a table of distances: minutes or metres, but one of the two. */
#include <math.h>
#include <string.h>

#include "vector.h"
#include "word.h"

/* The column of that name when the source has it. */
static const vector_column *find_given(const vector_reader *r, const char *name) {
  for (size_t i = 0; i < r->columns; i++)
    if (strcmp(r->column[i].field.name, name) == 0)
      return r->column[i].index != VECTOR_NO_FIELD || !isnan(r->column[i].real_default) ? &r->column[i] : NULL;
  return NULL;
}

sund_code vector_od_open(vector_reader *r) {
  if (find_given(r, "minutes") || find_given(r, "metres")) return SUND_OK;
  return sund_fail(r->scratch, SUND_SOURCE,
                   "od needs the column minutes or metres; map one, as in |minutes=FIELD; layer %s has neither",
                   r->layer_name);
}

void vector_od_sort_out(vector_reader *r, uint8_t *keep) {
  const vector_column *minutes = find_given(r, "minutes"), *metres = find_given(r, "metres");
  for (size_t i = 0; i < r->rows; i++) {
    if ((minutes && !isnan(minutes->real[i])) || (metres && !isnan(metres->real[i]))) continue;
    keep[i] = 0;
    r->rejected++;
    vector_count(r, VECTOR_UNMEASURED, r->feature[i]);
  }
}
