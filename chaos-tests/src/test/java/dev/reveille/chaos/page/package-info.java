/** Pages of documents whose examples are run as they stand. */
package dev.reveille.chaos.page;
