#include "tools/btpayd/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace btpay {

namespace {

prometheus::MetricFamily family(std::string name, std::string help, prometheus::MetricType type, double value) {
  prometheus::ClientMetric metric;
  if (type == prometheus::MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  return {std::move(name), std::move(help), type, {metric}};
}

/// What a file takes on the disk: that of a log is sparse.
double bytes_on_disk(const std::filesystem::path& file) {
  constexpr double block_bytes = 512;
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0 ? static_cast<double>(found.st_blocks) * block_bytes : 0;
}

prometheus::ClientMetric labelled(std::vector<prometheus::ClientMetric::Label> labels, std::uint64_t value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  metric.gauge.value = static_cast<double>(value);
  return metric;
}

void add_projections(std::vector<prometheus::MetricFamily>& families, const event_log& log,
                     const projection_meters& projections) {
  using prometheus::MetricType;
  prometheus::MetricFamily lag{"btpay_projection_lag_events",
                               "Events in the log that the slowest projector of the view has not taken up yet.",
                               MetricType::Gauge,
                               {}};
  prometheus::MetricFamily rendered{"btpay_views_rendered_total", "Views rendered.", MetricType::Counter, {}};
  prometheus::MetricFamily told{"btpay_views_told_total",
                                "Views told to clients, whole or as a delta; one for each client.",
                                MetricType::Counter,
                                {}};
  for (std::size_t kind = 0; kind < view_kinds; ++kind) {
    const auto view = static_cast<view_kind>(kind);
    const auto name = std::string(to_string(view));
    const auto totals = projections.of(view);
    // Read after what the projectors have, so it is never behind them.
    const auto head = raw(log.head());
    lag.metric.push_back(labelled({{"view", name}}, head - std::min(head, totals.taken_up)));
    rendered.metric.push_back(labelled({{"view", name}}, totals.rendered));
    told.metric.push_back(labelled({{"view", name}, {"form", "whole"}}, totals.wholes));
    told.metric.push_back(labelled({{"view", name}, {"form", "delta"}}, totals.deltas));
  }
  families.push_back(std::move(lag));
  families.push_back(std::move(rendered));
  families.push_back(std::move(told));
}

void add_stored_views(std::vector<prometheus::MetricFamily>& families, const view_counts& views,
                      const rebuild_state* rebuild) {
  const auto add = [&families](const char* name, const char* help, prometheus::MetricType type, std::uint64_t value) {
    families.push_back(family(std::string("btpay_stored_views_") + name, help, type, static_cast<double>(value)));
  };
  const auto counter = prometheus::MetricType::Counter;
  const auto gauge = prometheus::MetricType::Gauge;
  add("kept_total", "Views written to their store.", counter, views.kept);
  add("dropped_total", "Views that could not be written.", counter, views.dropped);
  add("served_total", "Views taken from the store in place of a fold.", counter, views.served);
  add("not_found_total", "Views folded since the store had none that would do.", counter, views.not_found);
  add("wrong_total", "Stored views that were not what the log gives.", counter, views.wrong);
  if (!rebuild)
    return;
  add("rebuild_running", "Whether the stored views are being rebuilt.", gauge, rebuild->running ? 1 : 0);
  add("rebuild_events_done", "Events read by the last rebuild.", gauge, rebuild->events_done);
  add("rebuild_events", "Events that it has to read.", gauge, rebuild->events_total);
  add("generation", "The generation that was built or found last.", gauge, rebuild->generation);
}

} // namespace

std::string render_metrics(const metric_sources& from) {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  families.push_back(family("btpay_log_position", "Position of the last event in the log.", MetricType::Gauge,
                            static_cast<double>(raw(from.log.head()))));
  families.push_back(family("btpay_log_bytes", "Bytes that the log takes on the disk.", MetricType::Gauge,
                            bytes_on_disk(from.log_directory / "data.mdb")));
  add_projections(families, from.log, from.projections);
  families.push_back(family("btpay_connections", "Connections of both kinds that are open now.", MetricType::Gauge,
                            static_cast<double>(from.sockets.connections())));
  for (std::size_t i = 0; i < static_cast<std::size_t>(counted::count_); ++i) {
    const auto what = static_cast<counted>(i);
    const std::string name(to_string(what));
    families.push_back(family("btpay_transport_" + name + "_total", "Transport: " + name + ".", MetricType::Counter,
                              static_cast<double>(from.sockets.count(what))));
  }
  add_stored_views(families, from.views, from.rebuild);
  return prometheus::TextSerializer().Serialize(families);
}

} // namespace btpay
