/** The door to gRPC. */
package dev.sluice.stage.grpc;
