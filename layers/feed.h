/* feed.h - inside of reading timetables (GTFS Schedule): what the files of the reader hand to each other. Private to
 * layers/.
 *
 * Order of reading a feed: feed_files_look (folder or archive, nothing unpacked), feed_files_load (bytes, in
 * threads), the small tables row by row (feed_csv), stop_times in threads (feed_times), then the checks (feed_check).
 * What is read stays as it was written; days and times are put together by sund_feeds_service (service.h).
 *
 * Ids become row numbers at once. FEED_NONE stands for "no row".
 */
#ifndef SUND_LAYERS_FEED_H
#define SUND_LAYERS_FEED_H

#include <sys/types.h>

#include "sund/layers.h"

#define FEED_NONE UINT32_MAX
/* A time that is not stated. */
#define FEED_UNTIMED INT32_MIN
/* Stops of two feeds that lie this near may be one, metres. */
#define FEED_SAME_PLACE_M 250.0
/* Walking, km/h: for pathways without seconds and between the stops two feeds share. */
#define FEED_WALK_KMH 5.0

/* ---------------------------------------------------------------------------------------------------------- files */

typedef enum feed_table {
  FEED_STOP_TIMES, /* the largest first: threads take them in this order */
  FEED_TRIPS,
  FEED_STOPS,
  FEED_CALENDAR_DATES,
  FEED_TRANSFERS,
  FEED_ROUTES,
  FEED_AGENCY,
  FEED_CALENDAR,
  FEED_FREQUENCIES,
  FEED_PATHWAYS,
  FEED_INFO,
  FEED_TABLES
} feed_table;

/* A table of a feed: where it lies, then its bytes. */
typedef struct feed_file {
  const char *name; /* "stops.txt"                                          */
  bool there;
  uint64_t size;   /* bytes, unpacked                                      */
  uint64_t at;     /* archive: where its packed bytes begin                */
  uint64_t packed; /* archive: how many                                    */
  uint32_t crc;    /* archive: CRC-32 as stated                            */
  bool stored;     /* archive: not packed                                  */
  char *bytes;     /* size + 1, ended by NUL; NULL before feed_files_load   */
} feed_file;

typedef struct feed_files {
  const char *path;       /* of the folder or archive              */
  unsigned char *archive; /* bytes of the archive; NULL = a folder */
  size_t archive_size;
  char hash[65];          /* SHA-256 of the archive, or of a folder's tables by name, stop_times last */
  struct hash_state *sum; /* while it is made */
  feed_file file[FEED_TABLES];
} feed_files;

sund_code feed_files_look(sund_ctx *ctx, const char *path, feed_files *out);
/* Bytes of the small tables into `keep`, which lives as long as the feed; room for stop_times in ctx. */
sund_code feed_files_load(sund_ctx *ctx, sund_ctx *keep, feed_files *files);
/* Bytes of stop_times; may run beside the reading of the small tables. */
sund_code feed_files_load_times(sund_ctx *ctx, feed_files *files);
/* feed_zip.c: finds the tables in an archive that lies in memory. */
sund_code feed_zip_look(sund_ctx *ctx, feed_files *files);
sund_code feed_zip_unpack(sund_ctx *ctx, const feed_files *files, const feed_file *file);

/* ------------------------------------------------------------------------------------------------------------ csv */

/* Comma-separated values (RFC 4180) read in place: texts are cut out of the bytes, which are changed. */
enum { FEED_LINE_BYTES = 1 << 20, FEED_COLUMNS = 16 };
typedef struct feed_csv {
  sund_ctx *ctx;
  const char *name; /* of the table, for messages */
  char *at, *end;
  int64_t line;                    /* of the row in hand, from 1                                   */
  int64_t next_line;               /* of what comes next                                           */
  size_t fields;                   /* in the header                                                */
  uint8_t *wanted;                 /* fields: 1 + index of the wanted column, 0 = passed over      */
  const char *field[FEED_COLUMNS]; /* of the row in hand, by wanted column; "" when missing       */
  size_t length[FEED_COLUMNS];
  bool has[FEED_COLUMNS]; /* wanted columns that are there */
} feed_csv;

/* Reads the header. columns: names ended by NULL, at most FEED_COLUMNS; the first `required` must be there. */
sund_code feed_csv_open(sund_ctx *ctx, const feed_file *file, const char *const *columns, size_t required,
                        feed_csv *out);
/* At least as many rows as there are, for allocating. */
size_t feed_csv_rows(const feed_file *file);
/* The next row that is not blank; *got false at the end. */
sund_code feed_csv_next(feed_csv *csv, bool *got);
/* SUND_DATA: "stops.txt: line 7: ...". csv->line is said. */
sund_code feed_csv_fail(const feed_csv *csv, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Values of the row in hand; failures name the column. Of an empty text the number stays as it was. */
sund_code feed_csv_int(const feed_csv *csv, size_t column, const char *name, int64_t low, int64_t high, int64_t *out);
sund_code feed_csv_time(const feed_csv *csv, size_t column, const char *name, int32_t *out);
sund_code feed_csv_day(const feed_csv *csv, size_t column, const char *name, int32_t *out);
/* Seconds of "25:10:00", FEED_UNTIMED when blank; false = no time. */
bool feed_time_read(const char *text, size_t length, int32_t *out);

/* ------------------------------------------------------------------------------------------------------------ ids */

/* Texts to numbers: the number of a text is the order it came in. */
typedef struct feed_id {
  uint64_t head, tail; /* first and last eight bytes of the text; shorter ones in head only */
  uint32_t length;
  uint32_t number; /* number + 1; 0 = a free slot */
} feed_id;
typedef struct feed_ids {
  size_t count, room;
  const char **text; /* count: borrowed */
  uint32_t *length;  /* count */
  feed_id *slot;
  size_t slots; /* a power of two */
} feed_ids;

sund_code feed_ids_new(sund_ctx *ctx, size_t expected, feed_ids *out);
/* The number of a text, added when it is new (*fresh). */
sund_code feed_ids_add(sund_ctx *ctx, feed_ids *ids, const char *text, size_t length, uint32_t *number, bool *fresh);
/* FEED_NONE when it is not there. */
uint32_t feed_ids_find(const feed_ids *ids, const char *text, size_t length);

/* ----------------------------------------------------------------------------------------------------------- zone */

/* A time zone: changes of its offset from UTC, then a rule for the years after them. feed_zone.c */
typedef struct feed_rule {
  int month, week, weekday; /* "M3.5.0": month 1-12, week 1-5 (5 = the last), weekday 0 = Sunday */
  int32_t time_s;
} feed_rule;
typedef struct feed_zone {
  const char *name;
  size_t changes;
  int64_t *at;       /* changes: seconds UTC */
  int32_t *offset_s; /* changes: from then on; east of Greenwich positive        */
  int32_t before_s;  /* before the first                                         */
  int32_t winter_s, summer_s;
  bool has_summer;
  feed_rule to_summer, to_winter;
} feed_zone;
/* From the machine's zone files, else from a table of the zones of Europe. *known false: taken as UTC. */
sund_code feed_zone_open(sund_ctx *ctx, const char *name, feed_zone *out, bool *known);
int32_t feed_zone_offset(const feed_zone *zone, int64_t utc_s);
/* Seconds UTC of a service day's time zero: noon minus 12 hours. */
int64_t feed_zone_zero(const feed_zone *zone, int64_t day);

/* ----------------------------------------------------------------------------------------------------------- feed */

typedef struct feed_stop {
  const char *id, *name;
  const char *platform;       /* platform_code; "" = not said               */
  double longitude, latitude; /* degrees; NAN = no place                    */
  double x, y;                /* analysis CRS; NAN                          */
  uint32_t parent;            /* its station, or FEED_NONE                  */
  uint8_t type;               /* location_type                              */
  bool called;                /* by some trip                               */
} feed_stop;
typedef struct feed_route {
  const char *id, *name;
  const char *short_name, *long_name; /* "" = not said */
  int type;                           /* basic         */
  bool used;                          /* by some trip */
} feed_route;
typedef struct feed_trip {
  const char *id;
  const char *number, *headsign; /* trip_short_name; "" = not said */
  uint32_t route, service;
  uint32_t block; /* number of its block, or FEED_NONE      */
  uint8_t bikes;
  bool runs;       /* has two calls or more, and times       */
  uint32_t events; /* calls                                  */
  size_t first;    /* of the feed's events                   */
  size_t first_frequency;
  uint32_t frequencies;
} feed_trip;
typedef struct feed_service {
  uint8_t weekdays; /* bit 0 = Monday              */
  int32_t begin_day, end_day;
  size_t first_exception, exceptions;
} feed_service;
typedef struct feed_exception {
  uint32_t service;
  int32_t day;
  bool added;
} feed_exception;
typedef struct feed_frequency {
  uint32_t trip;
  int32_t begin_s, end_s, headway_s;
  bool exact;
} feed_frequency;
typedef struct feed_transfer {
  uint32_t from_stop, to_stop; /* FEED_NONE: of types 4 and 5 only   */
  uint32_t from_route, to_route, from_trip, to_trip;
  uint8_t type;
  int32_t seconds; /* FEED_UNTIMED = not said            */
} feed_transfer;
typedef struct feed_pathway {
  uint32_t from, to;
  int32_t seconds;
  bool both;
} feed_pathway;

/* One feed. Calls of a trip stand one after the other in arrive_s, depart_s, stop, use. */
typedef struct feed {
  const char *name; /* base name of the source */
  feed_zone zone;
  bool zone_known;
  size_t stops, routes, trips, services, exceptions, frequencies, transfers, pathways, blocks;
  feed_stop *stop;
  feed_route *route;
  feed_trip *trip;
  feed_service *service;
  const char **service_id;
  feed_exception *exception; /* by service, then day */
  feed_frequency *frequency; /* by trip, then begin   */
  feed_transfer *transfer;
  feed_pathway *pathway;
  int32_t *arrive_s, *depart_s;
  uint32_t *event_stop;
  uint8_t *event_use;
  int32_t begin_day, end_day;   /* days the calendar knows; begin > end = none */
  int32_t info_begin, info_end; /* of feed_info, INT32_MIN = not said        */
  int32_t latest_s;             /* largest time of any trip                  */
  int64_t rows, rows_used;      /* of stop_times                             */
} feed;

struct sund_feeds {
  size_t count;
  feed *feed;
  const sund_crs *crs;
};

/* stop_times while it is read: inside of feed_times*.c. */
typedef struct feed_times feed_times;

/* A feed while it is read. */
typedef struct feed_reader {
  sund_ctx *ctx;  /* scratch          */
  sund_ctx *keep; /* lives with the feed */
  feed_files files;
  const sund_crs *crs;
  const sund_op *op; /* degrees to crs; NULL = no stop has a place */
  feed *feed;
  feed_ids stop_ids, route_ids, trip_ids, service_ids, block_ids;
  feed_times *times;
  const char
      *repeated; /* table in which an id was met again, and how often: told with the next table or at the end */
  const char *repeated_id;
  size_t repetitions;
  sund_findings *findings;
} feed_reader;

/* A finding about this feed. */
sund_code feed_tell(feed_reader *r, const char *severity, double x, double y, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* An id that was there before: of the rows that share it the first counts. Counted; feed_tell_repeated tells it. */
sund_code feed_repeated(feed_reader *r, const feed_csv *csv, const char *id);
sund_code feed_tell_repeated(feed_reader *r);

sund_code feed_read_places(feed_reader *r); /* feed_places.c: stops, routes                    */
sund_code feed_read_days(feed_reader *r);   /* feed_days.c: calendar, exceptions, feed_info    */
sund_code feed_read_agency(feed_reader *r); /* feed_days.c: its clock                          */
sund_code feed_read_trips(feed_reader *r);  /* feed_trips.c: trips, frequencies                */
sund_code feed_read_links(feed_reader *r);  /* feed_links.c: transfers, pathways               */
sund_code feed_read_times(feed_reader *r);  /* feed_times.c: stop_times                        */
/* feed_clock.c: missing times, trips that cannot run, hops that look wrong. */
typedef struct feed_hops {
  size_t silent, single, untimed;                  /* trips without a call, with one only, without times at an end */
  uint32_t silent_trip, single_trip, untimed_trip; /* the first of each                                 */
  size_t filled;                                   /* times put in between others                       */
  size_t zero, fast;                               /* hops in no time; faster than a vehicle of its kind */
  size_t zero_event, fast_event;                   /* the first; the fastest: where they arrive           */
  double zero_m, fast_kmh;
} feed_hops;
sund_code feed_clock(feed_reader *r, feed_hops *out);
sund_code feed_check(feed_reader *r, const feed_hops *hops); /* feed_check.c: tells what looks wrong */
/* SUND_DATA naming the line of stop_times an event of the feed was read from. feed_times.c */
sund_code feed_times_fail(feed_reader *r, size_t event, const char *text);

/* Does a service run that day? */
bool feed_runs(const feed *f, uint32_t service, int64_t day);

/* Basic route type of an extended one (FEED_AIR has none); -1 = none such. feed_places.c */
enum { FEED_TRAM, FEED_METRO, FEED_RAIL, FEED_BUS, FEED_FERRY, FEED_CABLE_TRAM, FEED_AERIAL, FEED_FUNICULAR };
enum { FEED_TROLLEYBUS = 11, FEED_MONORAIL = 12, FEED_AIR = 1100 };
int feed_route_type(int64_t type);

#endif
