using System.Text;
using System.Text.Json;
using EmotionMLNet.Architectures;
using EmotionMLNet.Networks;
using EmotionMLNet.Tensors;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Weights;

namespace EmotionMLNet.Tests.Weights;

public sealed class WeightFileTests(WeightFileTests.Export export) : IClassFixture<WeightFileTests.Export>
{
    [PyTorchTheory]
    [InlineData("zip.pth", "")]
    [InlineData("legacy.pth", "")]
    [InlineData("checkpoint.pth", "module.")]
    [InlineData("plain.safetensors", "")]
    public void Every_tensor_comes_out_with_the_shape_and_values_that_PyTorch_gave_it(string file, string prefix)
    {
        JsonElement expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(export.FullName, "expected.json"))).RootElement;
        IReadOnlyList<WeightTensor> tensors = WeightFile.Read(Path.Combine(export.FullName, file));
        Assert.Equal(expected.EnumerateObject().Select(p => prefix + p.Name), tensors.Select(t => t.Name));
        foreach (WeightTensor tensor in tensors)
        {
            JsonElement wanted = expected.GetProperty(tensor.Name[prefix.Length..]);
            Assert.Equal(wanted.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()), tensor.Dimensions);
            Assert.Equal(wanted.GetProperty("values").EnumerateArray().Select(v => v.GetSingle()), tensor.Read());
        }
    }

    [PyTorchFact]
    public void A_pickled_model_is_refused_by_the_name_of_its_class()
    {
        string message = Assert
            .Throws<WeightFormatException>(() => WeightFile.Read(Path.Combine(export.FullName, "whole-model.pth")))
            .Message;
        Assert.Contains("the class torchvision.models.resnet.ResNet", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [PyTorchTheory]
    [InlineData(3, 4, 102, "")] // 62 parameters and 40 statistics; PyTorch's 20 batch counters are nobody's
    [InlineData(3, 7, 100, "of another shape, drawn anew: fc.weight [4, 512], [7, 512] is wanted")]
    [InlineData(1, 4, 102, "three colours added up for grey input: conv1.weight")]
    public void A_network_takes_what_fits_and_says_what_does_not(int channels, int classes, int loaded, string line)
    {
        Network network = Catalogue
            .Find("resnet18")!
            .Build(new ArchitectureOptions { Input = new Shape(64, 64, channels), Classes = classes });
        network.Initialise(seed: 9);
        WeightReport report = WeightLoader.Load(network, WeightFile.Read(Path.Combine(export.FullName, "resnet18.pth")));
        Assert.Equal(loaded, report.Loaded.Count);
        Assert.Empty(report.Unused);
        Assert.Empty(report.Missing);
        if (line.Length > 0) Assert.Contains(line, report.Lines());
    }

    [PyTorchFact]
    public void Weights_of_another_architecture_are_refused()
    {
        Network network = Catalogue.Find("emotion-cnn")!.Build(new ArchitectureOptions { Input = new Shape(48, 48, 1), Classes = 4 });
        Assert.Contains(
            "another architecture",
            Assert
                .Throws<WeightFormatException>(() =>
                    WeightLoader.Load(network, WeightFile.Read(Path.Combine(export.FullName, "resnet18.pth")))
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("cos\nsystem\nX\u0004\u0000\u0000\u0000trueq\u0000\u0085R.", "the class os.system")]
    [InlineData("cbuiltins\neval\n)R.", "the class builtins.eval")]
    [InlineData("\u008c\u0005posix\u008c\u0006system\u0093)R.", "the class posix.system")]
    [InlineData("ctorch\nload\n)R.", "the class torch.load")]
    [InlineData("(cos\nsystem\ni", "the class os.system")]
    [InlineData("ios\nsystem\n.", "opcode 0x69")]
    [InlineData("(o.", "opcode 0x6F")]
    [InlineData("\u0082\u0001.", "opcode 0x82")]
    [InlineData("P1\n.", "opcode 0x50")]
    [InlineData("ccollections\nOrderedDict\nccollections\nOrderedDict\n\u0081.", "opcode 0x81")]
    [InlineData("ccollections\nOrderedDict\nN\u0085\u0085R.", "")] // harmless: an empty dictionary
    [InlineData("K\u0001)R.", "a call of")]
    [InlineData("R.", "empty stack")]
    [InlineData("t.", "without the mark")]
    [InlineData("h\u0005.", "never made")]
    public void A_pickle_can_do_nothing_but_describe_tensors(string pickle, string message)
    {
        var machine = new PickleMachine(new byte[] { 0x80, 2 }.Concat(Encoding.Latin1.GetBytes(pickle)).ToArray(), 0);
        if (message.Length == 0) machine.Run();
        else Assert.Contains(message, Assert.Throws<WeightFormatException>(machine.Run).Message, StringComparison.Ordinal);
    }

    [PyTorchTheory]
    [InlineData("zip.pth")]
    [InlineData("legacy.pth")]
    [InlineData("plain.safetensors")]
    public void Broken_files_end_in_one_kind_of_exception(string file)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(export.FullName, file));
        using var folder = new TemporaryFolder();
        var random = new Random(1);
        for (int i = 0; i < 600; i++)
        {
            byte[] broken = i % 3 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int k = 0; k < 3 && broken.Length > 0; k++) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            EmotionMLNet.Files.AtomicFile.Write(folder["broken"], s => s.Write(broken));
            try
            {
                foreach (WeightTensor tensor in WeightFile.Read(folder["broken"])) tensor.Read();
            }
            catch (EmotionMLNetException e) when (e is WeightFormatException or EmotionMLNet.Onnx.OnnxFormatException)
            {
                // what a reader may throw
            }
        }
    }

    public sealed class Export() : PyTorchExport("Weights/weights-export.py");
}
