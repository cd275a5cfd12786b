package dev.reveille.proxy.operations;

import dev.reveille.cell.CredentialKind;
import java.util.Optional;

/**
 * What somebody asks for in a new credential.
 *
 * @param name chosen, or empty for a random one
 * @param kind who will hold it; an agent when nothing was said
 * @param withSecret without, only a certificate or a token proves it
 */
public record CredentialRequest(Optional<String> name, Optional<CredentialKind> kind,
    boolean withSecret, ScopeRequest scope) {}
