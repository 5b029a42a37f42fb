using System.Globalization;
using System.Xml.Linq;
using EmotionMLNet.Training.Reports;

namespace EmotionMLNet.Tests.Reports;

public sealed class ChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void One_epoch_is_a_point_over_its_number()
    {
        XElement chart = XElement.Parse(LineChart.Draw("t", "epoch", "loss", [new ChartSeries("a", [(1, 1.9)])]));
        string[] ticks = [.. Ticks(chart, "middle").Where(IsNumber)];
        Assert.Equal(["1"], ticks);
        XElement circle = Assert.Single(chart.Descendants(Svg + "circle"));
        XElement tick = chart.Descendants(Svg + "text").Single(t => Own(t) == "1" && (string?)t.Attribute("text-anchor") == "middle");
        Assert.Equal((string?)tick.Attribute("x"), (string?)circle.Attribute("cx"));
    }

    [Fact]
    public void Epochs_have_whole_numbers()
    {
        for (int epochs = 1; epochs <= 300; epochs++)
        {
            XElement chart = XElement.Parse(
                LineChart.Draw(
                    "t",
                    "epoch",
                    "loss",
                    [new ChartSeries("a", [.. Enumerable.Range(1, epochs).Select(e => ((double)e, 1.0 / e))])]
                )
            );
            string[] ticks = [.. Ticks(chart, "middle").Where(IsNumber)];
            Assert.NotEmpty(ticks);
            Assert.All(ticks, t => Assert.DoesNotContain('.', t));
            Assert.Equal(ticks.Distinct(), ticks);
        }
    }

    [Fact]
    public void Ticks_of_a_logarithmic_axis_cover_the_points_and_leave_room_for_their_text()
    {
        var random = new Random(1);
        for (int n = 0; n < 1000; n++)
        {
            double low = 12 * random.NextDouble() - 4, first = Math.Pow(10, low), last = Math.Pow(10, low + n % 7 * random.NextDouble());
            double[] ticks = AxisTicks.ComputePowers(first, last);
            Assert.InRange(ticks.Length, 2, 8);
            Assert.True(ticks[0] <= first * 1.0001 && ticks[^1] >= last * 0.9999, string.Join(' ', ticks));
            Assert.Equal(ticks.Order(), ticks);
        }
    }

    [Fact]
    public void Names_of_any_length_stay_inside_the_picture()
    {
        var random = new Random(1);
        for (int n = 0; n < 50; n++)
        {
            string[] names =
            [
                .. Enumerable.Range(0, random.Next(1, 13)).Select(_ => new string((char)random.Next('a', 'z' + 1), random.Next(1, 91))),
            ];
            XElement[] charts =
            [
                XElement.Parse(LineChart.Draw("t", "epoch", "loss", [.. names.Select((n, i) => new ChartSeries(n, [(1, i), (2, i)]))])),
                XElement.Parse(
                    ScatterChart.Draw("t", "speed", "accuracy", [.. names.Select((n, i) => new ScatterPoint(n, i + 1, 0.5, true))])
                ),
                XElement.Parse(BarChart.Draw("t", [.. names], [("a", [.. names.Select(_ => 1.0)])])),
            ];
            foreach (XElement chart in charts)
            {
                double width = Number(chart, "width"), height = Number(chart, "height");
                foreach (XElement text in chart.Descendants(Svg + "text").Where(t => t.Attribute("transform") is null))
                {
                    double wide = 6 * Own(text).Length, x = Number(text, "x"); // letters are wider: a lower bound
                    double left = (string?)text.Attribute("text-anchor") switch { "middle" => x - wide / 2, "end" => x - wide, _ => x };
                    Assert.True(left >= -1 && left + wide <= width + 1, Own(text));
                    Assert.InRange(Number(text, "y"), 0, height);
                }
            }
        }
    }

    [Fact]
    public void Control_characters_and_tags_in_names_are_text()
    {
        string chart = LineChart.Draw("<b>t\u001b[31m", "epoch", "loss", [new ChartSeries("<script>\u0007", [(1, 1), (2, 2)])]);
        Assert.DoesNotContain('\u001b', chart);
        Assert.DoesNotContain('\u0007', chart);
        Assert.DoesNotContain("<script>", chart, StringComparison.Ordinal);
        Assert.Contains(@"&lt;script&gt;\u0007", chart, StringComparison.Ordinal);
        XElement.Parse(chart); // well-formed: a raw U+001B is not
    }

    private static IEnumerable<string> Ticks(XElement chart, string anchor) =>
        chart.Descendants(Svg + "text").Where(t => (string?)t.Attribute("text-anchor") == anchor).Select(Own);

    // Without the tip inside.
    private static string Own(XElement text) => string.Concat(text.Nodes().OfType<XText>().Select(t => t.Value));

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
