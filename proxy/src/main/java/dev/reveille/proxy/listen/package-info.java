/** Where clients arrive: the bound port, the child pipeline, the PROXY header and TLS. */
@NullMarked
package dev.reveille.proxy.listen;

import org.jspecify.annotations.NullMarked;
