/* flood_options.h - the option table of the query `flood`. */
#ifndef SUND_QUERIES_FLOOD_OPTIONS_H
#define SUND_QUERIES_FLOOD_OPTIONS_H

#include "flood.h"

enum { FLOOD_OPTIONS = 23 };
extern const sund_option flood_option_table[FLOOD_OPTIONS];

#endif
