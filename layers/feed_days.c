/* feed_days.c - dates, the days services run, and the clock of a feed.
 *
 * A service runs by the days of the week between two dates (calendar.txt), plus and minus single days
 * (calendar_dates.txt); either table may be missing.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"

/* ---------------------------------------------------------------------------------------------------------- dates */

/* Days after 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is the last. */
static int64_t day_of(int year, int month, int day) {
  int64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
  return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

bool sund_day_read(const char *text, int64_t *day) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') return false;
  for (size_t i = 0; i < 10; i++)
    if (i != 4 && i != 7 && (text[i] < '0' || text[i] > '9')) return false;
  int y = (int)strtol(text, NULL, 10), m = (int)strtol(text + 5, NULL, 10), d = (int)strtol(text + 8, NULL, 10);
  bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
  if (y < 1 || m < 1 || m > 12 || d < 1 || d > lengths[m - 1] + (leap && m == 2)) return false;
  *day = day_of(y, m, d);
  return true;
}

const char *sund_day_text(sund_ctx *ctx, int64_t day) {
  int year = (int)(1970 + floor((double)day / 365.2425)) + 1, month = 12;
  while (day_of(year, 1, 1) > day) year--;
  while (day_of(year, month, 1) > day) month--;
  return sund_text(ctx, "%04d-%02d-%02d", year, month, (int)(day - day_of(year, month, 1)) + 1);
}

/* ------------------------------------------------------------------------------------------------------- services */

enum { CAL_ID, CAL_MONDAY, CAL_BEGIN = CAL_MONDAY + 7, CAL_END };
static const char *const calendar_columns[] = {"service_id", "monday",   "tuesday",  "wednesday",
                                               "thursday",   "friday",   "saturday", "sunday",
                                               "start_date", "end_date", NULL};
enum { DATE_ID, DATE_DAY, DATE_TYPE };
static const char *const date_columns[] = {"service_id", "date", "exception_type", NULL};

static sund_code add_service(feed_reader *r, const feed_csv *csv, uint32_t *number, bool *fresh) {
  if (csv->length[0] == 0) return feed_csv_fail(csv, "no service_id");
  TRY(feed_ids_add(r->ctx, &r->service_ids, csv->field[0], csv->length[0], number, fresh));
  feed *f = r->feed;
  if (!*fresh) return SUND_OK;
  f->service[*number] = (feed_service){.begin_day = 1};
  f->service_id[*number] = csv->field[0];
  f->services = r->service_ids.count;
  return SUND_OK;
}

static void know_days(feed *f, int32_t begin, int32_t end) {
  if (f->begin_day > f->end_day) f->begin_day = begin, f->end_day = end;
  if (begin < f->begin_day) f->begin_day = begin;
  if (end > f->end_day) f->end_day = end;
}

static sund_code read_calendar_row(feed_reader *r, const feed_csv *csv) {
  uint32_t number;
  bool fresh;
  feed_service row = {0};
  for (size_t d = 0; d < 7; d++) {
    int64_t runs = 0;
    TRY(feed_csv_int(csv, CAL_MONDAY + d, calendar_columns[CAL_MONDAY + d], 0, 1, &runs));
    row.weekdays |= (uint8_t)(runs << d);
  }
  TRY(feed_csv_day(csv, CAL_BEGIN, "start_date", &row.begin_day));
  TRY(feed_csv_day(csv, CAL_END, "end_date", &row.end_day));
  TRY(add_service(r, csv, &number, &fresh));
  feed_service *service = &r->feed->service[number];
  bool same =
      row.weekdays == service->weekdays && row.begin_day == service->begin_day && row.end_day == service->end_day;
  if (!fresh && same) return feed_repeated(r, csv, csv->field[CAL_ID]);
  if (!fresh) return feed_csv_fail(csv, "service_id \"%s\" is there twice, with other days", csv->field[CAL_ID]);
  if (row.begin_day == INT32_MIN || row.end_day == INT32_MIN)
    return feed_csv_fail(csv, "service_id \"%s\" has no start_date or end_date", csv->field[CAL_ID]);
  *service = row;
  if (row.weekdays && row.begin_day <= row.end_day) know_days(r->feed, row.begin_day, row.end_day);
  return SUND_OK;
}

static sund_code read_date_row(feed_reader *r, const feed_csv *csv) {
  feed_exception *e = &r->feed->exception[r->feed->exceptions];
  int64_t type = 1;
  bool fresh;
  TRY(add_service(r, csv, &e->service, &fresh));
  TRY(feed_csv_day(csv, DATE_DAY, "date", &e->day));
  if (e->day == INT32_MIN) return feed_csv_fail(csv, "no date");
  TRY(feed_csv_int(csv, DATE_TYPE, "exception_type", 1, 2, &type));
  e->added = type == 1;
  if (e->added) know_days(r->feed, e->day, e->day);
  r->feed->exceptions++;
  return SUND_OK;
}

static int by_service_and_day(const void *a, const void *b) {
  const feed_exception *x = a, *y = b;
  if (x->service != y->service) return x->service < y->service ? -1 : 1;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  return (int)x->added - (int)y->added;
}

/* Tables are mostly written service by service: then there is nothing to sort. */
static void index_exceptions(feed *f) {
  bool sorted = true;
  for (size_t i = 1; i < f->exceptions && sorted; i++)
    sorted = by_service_and_day(&f->exception[i - 1], &f->exception[i]) <= 0;
  if (!sorted) qsort(f->exception, f->exceptions, sizeof *f->exception, by_service_and_day);
  for (size_t i = 0; i < f->exceptions; i++) {
    feed_service *service = &f->service[f->exception[i].service];
    if (service->exceptions++ == 0) service->first_exception = i;
  }
}

typedef sund_code (*row_fn)(feed_reader *r, const feed_csv *csv);
static sund_code read_rows(feed_reader *r, feed_table table, const char *const *columns, size_t required, row_fn fn) {
  feed_csv csv;
  if (!r->files.file[table].there) return SUND_OK;
  TRY(feed_csv_open(r->ctx, &r->files.file[table], columns, required, &csv));
  for (bool got = true; got;) {
    TRY(feed_csv_next(&csv, &got));
    if (got) TRY(fn(r, &csv));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ feed_info */

enum { INFO_BEGIN, INFO_END };
static const char *const info_columns[] = {"feed_start_date", "feed_end_date", NULL};

static sund_code read_info_row(feed_reader *r, const feed_csv *csv) {
  TRY(feed_csv_day(csv, INFO_BEGIN, "feed_start_date", &r->feed->info_begin));
  return feed_csv_day(csv, INFO_END, "feed_end_date", &r->feed->info_end);
}

sund_code feed_read_days(feed_reader *r) {
  feed *f = r->feed;
  const feed_file *calendar = &r->files.file[FEED_CALENDAR], *dates = &r->files.file[FEED_CALENDAR_DATES];
  size_t exceptions = dates->there ? feed_csv_rows(dates) : 0;
  size_t services = exceptions + (calendar->there ? feed_csv_rows(calendar) : 0);
  f->begin_day = 1, f->end_day = 0;
  f->info_begin = f->info_end = INT32_MIN;
  TRY(feed_ids_new(r->ctx, services, &r->service_ids));
  f->service = sund_alloc(r->keep, services, sizeof *f->service);
  f->service_id = sund_alloc(r->keep, services, sizeof *f->service_id);
  f->exception = sund_alloc(r->keep, exceptions, sizeof *f->exception);
  if (!f->service || !f->service_id || !f->exception) return SUND_LIMIT;
  TRY(read_rows(r, FEED_CALENDAR, calendar_columns, 1, read_calendar_row));
  TRY(read_rows(r, FEED_CALENDAR_DATES, date_columns, 2, read_date_row));
  if (f->services == 0)
    return sund_fail(r->ctx, SUND_SOURCE, "no GTFS feed: calendar.txt and calendar_dates.txt are missing or empty");
  index_exceptions(f);
  return read_rows(r, FEED_INFO, info_columns, 0, read_info_row);
}

bool feed_runs(const feed *f, uint32_t service, int64_t day) {
  const feed_service *s = &f->service[service];
  const feed_exception *e = f->exception + s->first_exception;
  size_t low = 0, high = s->exceptions;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (e[middle].day < day) low = middle + 1;
    else high = middle;
  }
  if (low < s->exceptions && e[low].day == day) return e[low].added;
  int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0 = Monday */
  return day >= s->begin_day && day <= s->end_day && (s->weekdays >> weekday & 1);
}

/* --------------------------------------------------------------------------------------------------------- agency */

enum { AGENCY_NAME, AGENCY_ZONE };
static const char *const agency_columns[] = {"agency_name", "agency_timezone", NULL};

/* All agencies of a feed ought to go by one clock; names may differ as long as the clocks show the same. */
static sund_code check_zone(feed_reader *r, const feed_csv *csv) {
  feed *f = r->feed;
  feed_zone other;
  bool known;
  if (csv->length[AGENCY_ZONE] == 0 || strcmp(csv->field[AGENCY_ZONE], f->zone.name) == 0) return SUND_OK;
  TRY(feed_zone_open(r->ctx, csv->field[AGENCY_ZONE], &other, &known));
  bool same = known;
  for (int64_t day = f->begin_day; day <= f->end_day && same; day += 91)
    same = feed_zone_zero(&f->zone, day) == feed_zone_zero(&other, day);
  if (same) return SUND_OK;
  return feed_tell(r, "warning", NAN, NAN,
                   "agency.txt: line %" PRId64 ": another time zone (%s) than the first agency's (%s), which is used",
                   csv->line, csv->field[AGENCY_ZONE], f->zone.name);
}

sund_code feed_read_agency(feed_reader *r) {
  feed_csv csv;
  bool got = true;
  size_t rows = 0;
  TRY(feed_csv_open(r->ctx, &r->files.file[FEED_AGENCY], agency_columns, 1, &csv));
  for (;; rows++) {
    TRY(feed_csv_next(&csv, &got));
    if (!got) break;
    if (rows > 0) {
      TRY(check_zone(r, &csv));
      continue;
    }
    TRY(feed_zone_open(r->keep, csv.field[AGENCY_ZONE], &r->feed->zone, &r->feed->zone_known));
    if (!r->feed->zone_known)
      TRY(feed_tell(r, "warning", NAN, NAN,
                    "agency.txt: the time zone \"%s\" is not known; days of the time change are read as any other",
                    csv.field[AGENCY_ZONE]));
  }
  return rows > 0 ? SUND_OK : sund_fail(r->ctx, SUND_SOURCE, "agency.txt has no rows");
}
