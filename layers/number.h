/* number.h - numbers as people write them in files and on command lines, read strictly. Private to layers/. */
#ifndef SUND_LAYERS_NUMBER_H
#define SUND_LAYERS_NUMBER_H

#include "sund/layers.h"

typedef enum number_result {
  NUMBER_READ,
  NUMBER_NONE,  /* the text is no number                    */
  NUMBER_LARGE, /* it is one that no double holds           */
  NUMBER_MEMORY /* no memory to read it                     */
} number_result;

/* Is the whole text [+-] digits [. digits] [e [+-] digits], with a digit before the e? */
bool number_is(const char *text);
/* Reads it, whatever the locale of the process. *out is set by NUMBER_READ only. */
number_result number_read(const char *text, double *out);

#endif
