/* feed_times.h - inside of reading stop_times: what feed_times.c, feed_rows.c and feed_order.c hand to each other. */
#ifndef SUND_LAYERS_FEED_TIMES_H
#define SUND_LAYERS_FEED_TIMES_H

#include "feed.h"

/* What can be wrong with a row. */
typedef enum times_fault {
  TIMES_FINE,
  TIMES_TRIP,
  TIMES_STOP,
  TIMES_ARRIVAL,
  TIMES_DEPARTURE,
  TIMES_SEQUENCE,
  TIMES_USE,
  TIMES_LONG,
  TIMES_QUOTE, /* a quoted text goes on over the end of the line */
  TIMES_FAULTS
} times_fault;

/* What a column of the table is. */
typedef enum times_column {
  TIMES_OTHER,
  TIMES_TRIP_ID,
  TIMES_STOP_ID,
  TIMES_STOP_SEQUENCE,
  TIMES_ARRIVAL_TIME,
  TIMES_DEPARTURE_TIME,
  TIMES_PICKUP_TYPE,
  TIMES_DROP_OFF_TYPE,
  TIMES_COLUMNS
} times_column;

enum { TIMES_ID_BYTES = 256 };
/* A row as it stands: ids are still texts. */
typedef struct times_row {
  const char *trip, *stop;
  size_t trip_length, stop_length;
  int32_t arrive_s, depart_s;
  uint32_t sequence;
  uint8_t use;
  /* What it is likely to say, set by the caller: the trip of the row before, the stop that came behind that row's
   * stop when it was seen last. Length SIZE_MAX = nothing. */
  const char *likely_trip, *likely_stop;
  size_t likely_trip_length, likely_stop_length;
  bool as_trip, as_stop; /* it does */
  bool blank;            /* nothing on the line                      */
  bool rewritten;        /* an id had doubled quotes: it stands below */
  char trip_text[TIMES_ID_BYTES], stop_text[TIMES_ID_BYTES];
} times_row;

/* Rows of one trip that follow each other. */
typedef struct times_run {
  uint32_t trip;
  uint32_t first; /* row of the piece */
} times_run;

/* A piece of the table, of whole lines. */
typedef struct times_piece {
  const char *begin, *end;
  size_t base;  /* first slot of its rows */
  size_t lines; /* at most so many rows   */
  size_t rows, runs, placeless;
  uint32_t first_sequence, last_sequence;
  bool disorder; /* numbers do not rise within a run */
  times_fault fault;
  const char *fault_at; /* begin of the row */
} times_piece;

struct feed_times {
  const feed_file *file;
  const char *begin, *end; /* rows without the header; *end is a line end */
  int64_t first_line;      /* number of the line at begin */
  size_t columns;
  const uint8_t *column; /* columns: times_column */
  bool over_lines;       /* quoted texts may go on over lines: one piece only */
  size_t pieces;
  times_piece *piece;
  size_t slots;
  times_run *run; /* slots */
  /* slots, in the order of the table: trip and sequence only when rows must be put in order */
  uint32_t *stop, *trip, *sequence;
  int32_t *arrive_s, *depart_s;
  uint8_t *use;
  size_t *slot_of_event; /* NULL = the same */
};

/* feed_rows.c: reads the row that begins at `at`; *next: behind its line. */
times_fault feed_row_read(const feed_times *t, const char *at, const char **next, times_row *out);
/* Reads a piece into its slots; stop_at: the row to stop at, its begin then stands in fault_at; SIZE_MAX = none.
 * ctx: for scratch. */
sund_code feed_rows_read(sund_ctx *ctx, const feed_reader *r, feed_times *t, times_piece *piece, size_t stop_at);

/* feed_order.c: gives the trips their events; rows that are not in order are sorted. */
sund_code feed_order(feed_reader *r, feed_times *t);
/* feed_times.c: all pieces, in threads. */
sund_code feed_times_pieces(feed_reader *r, feed_times *t);

#endif
