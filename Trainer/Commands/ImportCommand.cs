using EmotionMLNet.Terminal;
using System.CommandLine;
using System.Globalization;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Trainer.Data;

namespace EmotionMLNet.Trainer.Commands;

/// <summary>import: Makes a model zip of an ONNX image classifier.</summary>
internal static class ImportCommand
{
    private static readonly Option<string> Onnx = new("--onnx") { Description = "The ONNX file, of any origin.", Required = true };
    private static readonly Option<string> Out = new("--out") { Description = "The model zip to write.", Required = true };
    private static readonly Option<string> Labels = new("--labels") { Description = $"Labels in the order of the scores: {LabelList.Forms}. A file of ours says them itself." };
    private static readonly Option<int?> Width = new OptionalNumberOption<int>("--width") { Description = "Picture width in pixels, where the graph leaves it free." };
    private static readonly Option<int?> Height = new OptionalNumberOption<int>("--height") { Description = "Picture height in pixels, where the graph leaves it free." };
    private static readonly Option<string> Mean = new("--mean") { Description = "Mean a channel, of samples scaled to 0..1; by default ImageNet's for RGB, 0 for grey." };
    private static readonly Option<string> Deviation = new("--std") { Description = "Standard deviation a channel, of samples scaled to 0..1; by default ImageNet's for RGB, 1/255 for grey." };
    private static readonly Option<string> Resize = new("--resize") { Description = "What happens to the aspect ratio: stretch, crop or pad.", DefaultValueFactory = _ => "stretch" };
    private static readonly Option<string> Licence = new("--licence") { Description = "What the weights may be used for; recorded in the zip." };

    public static Command Create()
    {
        Resize.AcceptOnlyFromAmong("stretch", "crop", "pad");
        var command = new Command("import", "Makes a model zip of an ONNX image classifier, to evaluate, compare, train further or use.") { Onnx, Out, Labels, Width, Height, Mean, Deviation, Resize, Licence };
        command.SetAction(parsed => Guard.Run(() => Execute(parsed)));
        return command;
    }

    private static int Execute(ParseResult parsed)
    {
        string onnx = parsed.GetValue(Onnx)!, path = parsed.GetValue(Out)!;
        ModelZip model = new OnnxSource
        {
            Labels = parsed.GetValue(Labels) is { } labels ? LabelList.Read(labels) : null,
            Width = parsed.GetValue(Width) ?? parsed.GetValue(Height),
            Height = parsed.GetValue(Height) ?? parsed.GetValue(Width),
            Resize = parsed.GetValue(Resize) switch { "crop" => ResizeMode.CentreCrop, "pad" => ResizeMode.Pad, _ => ResizeMode.Stretch },
            Mean = Numbers(parsed, Mean),
            StandardDeviation = Numbers(parsed, Deviation),
            Licence = parsed.GetValue(Licence),
        }.Read(onnx);
        model.Save(path);
        ImagePreprocessing p = model.Manifest.Preprocessing;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model.Manifest.Architecture}: {model.Network.ParameterCount:N0} parameters, {p.Width} x {p.Height} x {p.Channels}, mean {string.Join(", ", p.Mean)}, deviation {string.Join(", ", p.StandardDeviation)} of samples scaled to 0..1; labels {string.Join(", ", model.Manifest.Labels)}"));
        Console.WriteLine(path);
        return ExitCode.Ok;
    }

    private static float[]? Numbers(ParseResult parsed, Option<string> option)
        => parsed.GetValue(option)?.Split(',', StringSplitOptions.TrimEntries).Select(n => float.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out float v) ? v : throw new UserException($"{option.Name} '{n}' is not a number: give one a channel, as in 0.485,0.456,0.406.")).ToArray();
}
