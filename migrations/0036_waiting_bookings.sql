-- +goose Up
-- The menu counts the bookings that nobody has taken yet on every page of the window's staff.

CREATE INDEX service_bookings_waiting ON service_bookings (tenant_id, day) WHERE state = 'booked';
