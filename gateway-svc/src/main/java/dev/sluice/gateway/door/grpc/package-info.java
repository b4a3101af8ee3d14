/** The gRPC door. */
package dev.sluice.gateway.door.grpc;
