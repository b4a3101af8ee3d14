/**
 * Pictures as sequences of codes (van den Oord et al. 2017, section 3.3; Ramesh et al. 2021): their
 * order, and the transformer that draws one after the other.
 */
package dev.sluice.networks.code;
