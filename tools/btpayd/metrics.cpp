#include "tools/btpayd/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <string_view>
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

std::string render_metrics(const server& sockets, const event_log& log, const view_counts& views,
                           const rebuild_state* rebuild) {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  families.push_back(family("btpay_log_position", "Position of the last event in the log.", MetricType::Gauge,
                            static_cast<double>(raw(log.head()))));
  families.push_back(family("btpay_connections", "Connections of both kinds that are open now.", MetricType::Gauge,
                            static_cast<double>(sockets.connections())));
  for (std::size_t i = 0; i < static_cast<std::size_t>(counted::count_); ++i) {
    const auto what = static_cast<counted>(i);
    const std::string name(to_string(what));
    families.push_back(family("btpay_transport_" + name + "_total", "Transport: " + name + ".", MetricType::Counter,
                              static_cast<double>(sockets.count(what))));
  }
  add_stored_views(families, views, rebuild);
  return prometheus::TextSerializer().Serialize(families);
}

} // namespace btpay
