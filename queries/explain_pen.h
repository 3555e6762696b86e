/* explain_pen.h - filling a table column after column: for the members of the JSON document. Private to explainers. */
#ifndef SUND_QUERIES_EXPLAIN_PEN_H
#define SUND_QUERIES_EXPLAIN_PEN_H

#include "explain.h"

#define T(name) \
  { name, SUND_TEXT, NULL, {NULL}, NULL }
#define R(name) \
  { name, SUND_REAL, NULL, {NULL}, NULL }
#define I(name) \
  { name, SUND_INT, NULL, {NULL}, NULL }

typedef struct pen {
  sund_table *table;
  size_t row, column;
} pen;

static inline void put_text(pen *p, const char *value) {
  p->table->column[p->column++].text[p->row] = value;
}
static inline void put_real(pen *p, double value) {
  p->table->column[p->column++].real[p->row] = value;
}
static inline void put_int(pen *p, int64_t value) {
  p->table->column[p->column++].integer[p->row] = value;
}

#endif
