//! A read-only `/v2` registry over an OCI image layout, and the sample images.
