//! Numbers as lenient as C's `atoi` and `atof`, which IIP clients rely on.
